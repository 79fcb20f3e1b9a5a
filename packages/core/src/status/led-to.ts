import { contains, type Ip, type Mac, parseMac } from '@berth/net';
import type { NbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import type { Fabric } from '../fabric/fabric.ts';
import { neighbourOf } from '../fabric/neighbours.ts';
import type { OverlaySubnetIntent, VpcIntent } from '../intent/intent.ts';
import { routerPortName } from '../intent/object/router-port-name.ts';
import { perObject } from '../memo/per-object.ts';

/** Whom packets come to that are led to addresses and not to a port. */
export type LedTo = {
  /** The port that has them, where one is known. */
  readonly port?: string | undefined;
  /** An address of a subnet that nobody is known to have. */
  readonly nobodys?: { readonly ip: Ip; readonly subnet: string };
};

/**
 * Who has the addresses inside that a rule leads to: whose port says so, or whose MAC answered the router; what it learned does not age by itself. Empty where
 * SB does not tell: of an address behind a route, and where what routers learned was not read.
 */
export function ledTo(addresses: readonly Ip[], vpc: VpcIntent, fabric: Fabric): LedTo {
  if (!fabric.neighbours) return {};
  const ports = new Set<string>();
  for (const ip of addresses) {
    const subnet = vpc.subnets.find(({ networks }) => networks.some(({ cidr }) => contains(cidr, ip)));
    if (!subnet) continue;
    const port = portOf(ip, subnet, vpc, fabric);
    if (port === undefined) return { nobodys: { ip, subnet: subnet.name } };
    ports.add(port);
  }
  const [port] = ports;
  return { port };
}

function portOf(ip: Ip, subnet: OverlaySubnetIntent, vpc: VpcIntent, fabric: Fabric): string | undefined {
  const { byAddress, byMac } = portsIn(subnet);
  const foreign = fabric.foreignAddresses?.get(subnet.name)?.get(ip)?.[0]?.name;
  const listed = byAddress.get(ip) ?? foreign;
  if (listed !== undefined) return listed;
  const mac = parseMac(neighbourOf(fabric, routerPortName(vpc.name, subnet.name), ip) ?? '');
  if (mac === undefined) return undefined;
  return byMac.get(mac) ?? (fabric.northbound && switchPorts(fabric.northbound).get(mac));
}

/** The ports of a subnet by what they have. */
const portsIn = perObject(({ ports }: OverlaySubnetIntent) => ({
  byAddress: new Map(ports.flatMap(({ name, addresses }) => addresses.map((each) => [each, name] as const))),
  byMac: new Map(ports.map(({ name, mac }) => [mac, name])),
}));

/** The ports of every switch, whoever made them, by their MACs. */
const switchPorts = perObject((nb: Snapshot<NbTables>): ReadonlyMap<Mac, string> => {
  const ports = new Map<Mac, string>();
  for (const { name, addresses } of nb.table('Logical_Switch_Port'))
    for (const text of addresses) {
      const mac = parseMac(text.split(' ')[0] ?? '');
      if (mac !== undefined) ports.set(mac, name);
    }
  return ports;
});
