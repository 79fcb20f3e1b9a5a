import { bitsOf, familyOf, parseIp, parseMac } from '@berth/net';
import { type Columns, equalValues, isSet, type Value } from '@berth/ovsdb/value';
import { allowedByPortSecurity } from '../fabric/port-security.ts';

/** Columns with addresses, which others may have written otherwise: MACs in capitals, a host with or without its `/32`. */
const addressColumns: ReadonlySet<string> = new Set([
  ...['mac', 'networks', 'addresses', 'external_mac', 'external_ip', 'logical_ip'],
  ...['ip_prefix', 'nexthop', 'nexthops', 'dst_ip'],
]);

/** Whether OVN takes two values of a column for the same. */
export function sameMeaning(column: string, left: Value, right: Value): boolean {
  if (equalValues(left, right)) return true;
  // Of what nothing is said is enabled (ovn-nb(5)).
  if (column === 'enabled') return left !== false && right !== false;
  if (!addressColumns.has(column)) return false;
  if (typeof left === 'string' && typeof right === 'string') return spelt(left) === spelt(right);
  if (!isSet(left) || !isSet(right) || left.size !== right.size) return false;
  const known = new Set([...left].map((atom) => spelt(String(atom))));
  return [...right].every((atom) => known.has(spelt(String(atom))));
}

/**
 * Whether a column of a row may stay as it is where another value is wanted: OVN takes both for the same, or it restricts a port that is
 * to be unrestricted to nothing but what is its own.
 */
export function mayStay(column: string, row: Columns, wanted: Columns): boolean {
  if (sameMeaning(column, row[column], wanted[column])) return true;
  const security = wanted[column];
  const isOpen = column === 'port_security' && isSet(security) && security.size === 0;
  return isOpen && allowsOwn(row[column], wanted['addresses']);
}

/** Whether port security lets a port use every address that it is to have. */
function allowsOwn(security: Value, addresses: Value): boolean {
  if (!isSet(security) || !isSet(addresses)) return false;
  const elements = [...security].map(String);
  return [...addresses].every((text) => {
    const [first = '', ...words] = String(text).split(' ');
    const ips = words.map(parseIp);
    const mac = parseMac(first);
    return ips.every((ip) => ip !== undefined && allowedByPortSecurity(elements, { mac, ip }) === true);
  });
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
