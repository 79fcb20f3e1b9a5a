import { refOf } from '@berth/api';
import { parseIp, parseMac } from '@berth/net';
import type { NodePortIntent } from './intent.ts';
import type { SurveyedSubnet } from './subnet.ts';
import type { Survey } from './surveyed.ts';

/** The ports of nodes on an external subnet: its OvnEips of type lsp that have an address. */
export function nodePortsOf(subnet: SurveyedSubnet, { eips }: Survey): readonly NodePortIntent[] {
  const ours = eips.filter(({ eip, subnet: own }) => eip.spec.type === 'lsp' && own === subnet);
  return ours.flatMap(({ eip }) => {
    const addresses = [eip.status?.v4Ip, eip.status?.v6Ip].flatMap((text) => (text && parseIp(text)) || []);
    const mac = parseMac(eip.status?.macAddress ?? '');
    return mac && addresses.length > 0 ? [{ name: eip.metadata.name, ref: refOf(eip), mac, addresses }] : [];
  });
}
