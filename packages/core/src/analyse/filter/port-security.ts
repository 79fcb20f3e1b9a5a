import { type Mac, parseIp, parseMac } from '@berth/net';
import { allowedByPortSecurity } from '../../fabric/port-security.ts';
import { addressesOf, type SwitchPort } from '../flows/north.ts';
import { type Filtered, stoppedBy, unfiltered } from './filtered.ts';

/** What port security does to the address of a workload. It counts for ports of workloads alone. */
export function portSecurityOf(port: SwitchPort, address: string): Filtered {
  const { name, port_security: elements, type } = port;
  const ip = parseIp(address);
  if (type !== '' || elements === undefined || elements.size === 0 || ip === undefined) return unfiltered;
  const mac = macOf(port, ip);
  const isAllowed = allowedByPortSecurity(elements, { mac, ip });
  if (isAllowed === true) return unfiltered;
  const list = [...elements].toSorted().join(', ');
  if (isAllowed === undefined)
    return {
      ...unfiltered,
      assumptions: [`port security of ${name} (${list}) is not worked out: it is taken to let it use ${ip}`],
    };
  const own = mac === undefined ? ip : `${mac} ${ip}`;
  return stoppedBy({
    reason: 'port-security',
    why: `port security of ${name} allows ${list} and not ${own}, so its packets are dropped`,
    rows: [{ db: 'NB', table: 'Logical_Switch_Port', uuid: port._uuid, name }],
    isAnswered: true,
    cure: `add the address to it, or switch it off: ovn-nbctl lsp-set-port-security ${name}`,
  });
}

/** The MAC that goes with an address of the port; undefined where NB does not say. */
export function macOf(port: SwitchPort, ip: string): Mac | undefined {
  const element = [...port.addresses].find((text) =>
    addressesOf({ ...port, addresses: new Set([text]) }).includes(ip),
  );
  const text = element === 'dynamic' ? port.dynamic_addresses : element;
  return parseMac(text?.split(' ')[0] ?? '');
}
