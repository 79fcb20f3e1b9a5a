import { parseMac } from '@berth/net';
import { addressValue, isWithin, type Prefix, spanOf } from '../flows/address-text.ts';
import { addressesOf, type SwitchPort } from '../flows/north.ts';
import { type Filtered, stoppedBy, unfiltered } from './filtered.ts';

/** One element of port_security: a MAC, and the addresses that go with it; all of them where none is named. */
type Allowance = { readonly mac: string; readonly networks: readonly Prefix[] };

/**
 * Whether port security lets a workload use an address (ovn-nb(5), Logical_Switch_Port port_security). Elements that do not begin with
 * a MAC have no effect, and so has a column that holds no other; of elements that are written in another way nothing is sure.
 */
export function portSecurityOf(port: SwitchPort, ip: string): Filtered {
  const { name, port_security: elements, type } = port;
  if (type !== '' || elements === undefined || elements.size === 0) return unfiltered;
  const texts = [...elements];
  const effective = texts.filter((text) => parseMac(text.trim().split(/[\s,]/)[0] ?? '') !== undefined);
  const allowances = effective.map(allowanceIn);
  if (allowances.length === 0) return unfiltered;
  const mac = macOf(port, ip);
  const known = allowances.filter((each) => each !== undefined);
  if (known.some((each) => isAllowed(each, mac, ip))) return unfiltered;
  const list = texts.toSorted().join(', ');
  if (known.length < allowances.length)
    return {
      obstacle: undefined,
      assumptions: [`port security of ${name} (${list}) is not worked out: it is taken to let it use ${ip}`],
    };
  const whose = mac === undefined ? ip : `${mac} ${ip}`;
  return stoppedBy({
    reason: 'port-security',
    why: `port security of ${name} allows ${list} and not ${whose}, so its packets are dropped`,
    rows: [{ db: 'NB', table: 'Logical_Switch_Port', uuid: port._uuid, name }],
    cure: `Add the address to it, or switch it off: ovn-nbctl lsp-set-port-security ${name}`,
  });
}

/** Words that are no address are where OVN stops reading; what comes after a comma releases read differently. */
function allowanceIn(text: string): Allowance | undefined {
  const [first = '', ...words] = text.trim().split(/\s+/);
  const mac = parseMac(first);
  const networks = words.map(networkOf);
  if (mac === undefined || networks.includes(undefined)) return undefined;
  return { mac, networks: networks.filter((each) => each !== undefined) };
}

/** With a host part that is not zero a mask says only how large the subnet is. */
function networkOf(text: string): Prefix | undefined {
  const network = spanOf(text);
  const host = addressValue(text.split('/')[0] ?? '');
  if (network === undefined || host === undefined) return undefined;
  return host.value === network.first ? network : { ...network, length: network.bits, first: host.value };
}

function isAllowed({ mac, networks }: Allowance, own: string | undefined, ip: string): boolean {
  if (own !== undefined && own !== mac) return false;
  const address = addressValue(ip);
  return networks.length === 0 || (address !== undefined && networks.some((each) => isWithin(each, address)));
}

/** The MAC that goes with an address of the port; undefined where NB does not say. */
function macOf(port: SwitchPort, ip: string): string | undefined {
  const element = [...port.addresses].find((text) =>
    addressesOf({ ...port, addresses: new Set([text]) }).includes(ip),
  );
  const [word = ''] = (element === 'dynamic' ? (port.dynamic_addresses ?? '') : (element ?? '')).split(' ');
  return parseMac(word);
}
