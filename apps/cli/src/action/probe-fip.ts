import type { FloatingIpIntent } from '@berth/core';
import { gatewayFor } from './probe-connection.ts';
import type { Known, Probing } from './probing.ts';
import { targetOf } from './status-of.ts';

/** The pings of a floating IP, one for each address family. The outside's address is the gateway of the external subnet. */
export function fipProbings(fip: FloatingIpIntent, { intent, resources }: Known): readonly Probing[] {
  const target = targetOf(fip, resources);
  const pod = target && `${target.namespace}/${target.name}`;
  return fip.pairs.map(({ external }): Probing => {
    const to = gatewayFor(intent, fip.subnet, external);
    return {
      address: external,
      of: pod ? { pods: [pod] } : 'some-pod',
      outbound: pod && to ? { pod, to } : undefined,
    };
  });
}
