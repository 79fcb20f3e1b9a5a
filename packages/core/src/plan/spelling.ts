import { bitsOf, familyOf, parseIp, parseMac } from '@berth/net';
import { equalValues, isSet, type Value } from '@berth/ovsdb/value';

/** Columns with addresses, which others may have written otherwise: MACs in capitals, a host with or without its `/32`. */
const addressColumns: ReadonlySet<string> = new Set([
  ...['mac', 'networks', 'addresses', 'external_mac', 'external_ip', 'logical_ip'],
  ...['ip_prefix', 'nexthop', 'nexthops', 'dst_ip'],
]);

/** Whether OVN takes two values of a column for the same. */
export function sameMeaning(column: string, left: Value, right: Value): boolean {
  if (equalValues(left, right)) return true;
  if (!addressColumns.has(column)) return false;
  if (typeof left === 'string' && typeof right === 'string') return spelt(left) === spelt(right);
  if (!isSet(left) || !isSet(right) || left.size !== right.size) return false;
  const known = new Set([...left].map((atom) => spelt(String(atom))));
  return [...right].every((atom) => known.has(spelt(String(atom))));
}

/** Words that are addresses in the one way in which we write them, the others as they are. */
function spelt(text: string): string {
  return text.trim().split(/\s+/).map(word).join(' ');
}

function word(text: string): string {
  const mac = parseMac(text);
  if (mac) return mac;
  const [address = '', length] = text.split('/');
  const ip = parseIp(address);
  if (!ip) return text;
  return length === undefined || Number(length) === bitsOf[familyOf(ip)] ? ip : `${ip}/${length}`;
}
