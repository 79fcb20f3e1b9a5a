import { parsePort } from '@berth/net';
import { checkedText } from './address.ts';

/** A port as a text, as Kube-OVN has it: `"80"`; 1 to 65535 without leading zeros. */
export function portText() {
  return checkedText((text) => {
    if (parsePort(text) !== undefined) return undefined;
    const meant = parsePort(text.trim().replace(/^0+/, ''));
    return {
      message: `"${text}" is not a port`,
      cure: meant === undefined ? 'write one number from 1 to 65535, in quotes' : `write "${meant}"`,
    };
  }, 'port');
}
