import type { ResourceSet } from '@berth/api';
import type { FloatingIpIntent, Intent } from '@berth/core';
import { familyOf } from '@berth/net';
import type { Probing } from './probing.ts';
import { targetOf } from './status-of.ts';

/** The pings of a floating IP, one for each address family. The outside's address is the gateway of the external subnet. */
export function fipProbings(
  fip: FloatingIpIntent,
  { externals }: Intent,
  resources: ResourceSet,
): readonly Probing[] {
  const networks = externals.find(({ name }) => name === fip.subnet)?.networks ?? [];
  const target = targetOf(fip, resources);
  const pod = target && `${target.namespace}/${target.name}`;
  return fip.pairs.map(({ external }): Probing => {
    const to = networks.find(({ gateway }) => familyOf(gateway) === familyOf(external))?.gateway;
    return {
      address: external,
      of: pod ? { pods: [pod] } : 'some-pod',
      outbound: pod && to ? { pod, to } : undefined,
    };
  });
}
