import { parseMac } from '@berth/net';
import { isSet, type Row, type Snapshot, type Value } from '@berth/ovsdb/value';
import { formerIn, formerValue, isAsMade, parseFormer } from './former.ts';
import { routerPortOf } from './interrupt-port.ts';
import { sameMeaning } from './spelling.ts';

/** What a switch's port to a router had for addresses before it was taken over, in a text; whether they name another MAC than the router will have. */
export type FormerAddresses = { readonly text: string; readonly isOfOtherMac: boolean };

/** The addresses that a switch's port to a router had of its own before it was taken over; undefined where it had none. */
export function formerAddresses(row: Row, nb: Snapshot): FormerAddresses | undefined {
  const former = parseFormer(formerIn(row['external_ids']) ?? '')?.columns.get('addresses');
  const was = former && formerValue(former);
  const port = row['type'] === 'router' ? routerPortOf(row, nb) : undefined;
  if (!port || !isSet(was)) return undefined;
  const texts = [...was].map(String);
  const macs = texts.flatMap((text) => parseMac(text.trim().split(/\s+/)[0] ?? '') ?? []);
  const mac = macOnceGivenBack(port);
  return { text: texts.join(', '), isOfOtherMac: macs.some((each) => !sameMeaning('mac', each, mac)) };
}

function macOnceGivenBack({ mac, external_ids: ids }: Row): Value {
  const former = parseFormer(formerIn(ids) ?? '')?.columns.get('mac');
  return former && isAsMade(mac, former) ? formerValue(former) : mac;
}
