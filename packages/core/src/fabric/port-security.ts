import {
  contains,
  type Ip,
  type Mac,
  networkAddress,
  parseInterfaceAddress,
  parseIp,
  parseMac,
} from '@berth/net';

/** One element of port_security: a MAC, and the addresses that go with it; all of them where none is named. */
type Allowance = { readonly mac: Mac; readonly includes: readonly ((ip: Ip) => boolean)[] };

/**
 * Whether `port_security` lets a port use an address (ovn-nb(5), Logical_Switch_Port); undefined where an element that could say so is
 * written in another way. Elements that do not begin with a MAC have no effect, and neither has a column without any other. Where
 * the MAC is not known every element counts.
 */
export function allowedByPortSecurity(
  elements: Iterable<string>,
  { mac, ip }: { readonly mac: Mac | undefined; readonly ip: Ip },
): boolean | undefined {
  const effective = [...elements].filter((text) => macIn(text) !== undefined);
  if (effective.length === 0) return true;
  const allowances = effective.map(allowanceIn);
  const known = allowances.filter((each) => each !== undefined);
  const isAllowed = known.some(
    (each) =>
      (mac === undefined || each.mac === mac) &&
      (each.includes.length === 0 || each.includes.some((includes) => includes(ip))),
  );
  if (isAllowed) return true;
  return known.length < allowances.length ? undefined : false;
}

function macIn(text: string): Mac | undefined {
  return parseMac(text.trim().split(/[\s,]/)[0] ?? '');
}

/** Words that are no address are where OVN stops reading, and after a comma releases read on or do not. */
function allowanceIn(text: string): Allowance | undefined {
  const [first = '', ...words] = text.trim().split(/\s+/);
  const mac = parseMac(first);
  const tests = words.map(testOf);
  if (mac === undefined || tests.includes(undefined)) return undefined;
  return { mac, includes: tests.filter((each) => each !== undefined) };
}

/** With a host part that is not zero a mask says only how large the subnet is. */
function testOf(text: string): ((ip: Ip) => boolean) | undefined {
  const host = parseIp(text);
  if (host !== undefined) return (ip) => ip === host;
  const network = parseInterfaceAddress(text);
  if (network === undefined) return undefined;
  return networkAddress(network.cidr) === network.ip
    ? (ip) => contains(network.cidr, ip)
    : (ip) => ip === network.ip;
}
