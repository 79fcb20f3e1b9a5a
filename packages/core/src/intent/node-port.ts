import { refOf } from '@berth/api';
import { parseIp, parseMac } from '@berth/net';
import { picking } from '../memo/per-item.ts';
import type { NodePortIntent } from './intent.ts';
import type { SurveyedSubnet } from './object/subnet.ts';
import type { Survey, SurveyedEip } from './object/surveyed.ts';

/** The OvnEips of type lsp: those of nodes. */
export const eipsOfNodes = picking(({ eip }: SurveyedEip) => eip.spec.type === 'lsp');

/** The ports of nodes on an external subnet: its OvnEips of type lsp that have an address. */
export function nodePortsOf(subnet: SurveyedSubnet, { asker, eips }: Survey): readonly NodePortIntent[] {
  const ours = eipsOfNodes(asker, eips).filter(({ subnet: own }) => own === subnet);
  return ours.flatMap(({ eip }) => {
    const addresses = [eip.status?.v4Ip, eip.status?.v6Ip].flatMap((text) => (text && parseIp(text)) || []);
    const mac = parseMac(eip.status?.macAddress ?? '');
    return mac && addresses.length > 0 ? [{ name: eip.metadata.name, ref: refOf(eip), mac, addresses }] : [];
  });
}
