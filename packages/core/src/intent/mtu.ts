import { providerNetworkLabel, refOf } from '@berth/api';
import { origin } from '../finding/origin.ts';
import type { AttachmentIntent } from './intent.ts';
import type { Lookup } from './object/lookup.ts';
import type { SurveyedSubnet } from './object/subnet.ts';

/**
 * The largest packet an external network takes: `spec.mtu` of its subnet, else the smallest that a node reports of its
 * NIC on the provider network.
 */
export function mtuOf({ subnet, external }: SurveyedSubnet, { Node }: Lookup): AttachmentIntent['mtu'] {
  if (subnet.spec.mtu) return { bytes: subnet.spec.mtu, origin: origin(refOf(subnet), 'spec.mtu') };
  const label = providerNetworkLabel(external?.provider ?? '', 'mtu');
  const reported = [...Node.values()].flatMap((node) => {
    const bytes = Number(node.metadata.labels[label]);
    return Number.isInteger(bytes) && bytes > 0
      ? [{ bytes, origin: origin(refOf(node), `metadata.labels['${label}']`) }]
      : [];
  });
  return reported.sort((left, right) => left.bytes - right.bytes)[0];
}
