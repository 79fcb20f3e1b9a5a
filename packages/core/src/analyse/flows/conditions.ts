import type { ExternalFlow, Obstacle } from '../flow.ts';
import { sameFamily } from './address-text.ts';
import type { Answering } from './answering.ts';
import type { NatRule } from './nat-rule.ts';
import type { North } from './north.ts';
import { type GatewayPort, isOn, type RouterView } from './router-view.ts';

/** What a NAT row holds for only, one sentence each (ovn-nb(5), NAT). */
export function natConditions(north: North, { row, gatewayPort }: NatRule): readonly string[] {
  const conditions: string[] = [];
  const { allowed_ext_ips, exempted_ext_ips, external_port_range } = row;
  if (allowed_ext_ips !== undefined) {
    conditions.push(
      `only for peers in address set ${north.addressSet(allowed_ext_ips)?.name ?? allowed_ext_ips}`,
    );
  }
  if (exempted_ext_ips !== undefined) {
    conditions.push(
      `not for peers in address set ${north.addressSet(exempted_ext_ips)?.name ?? exempted_ext_ips}`,
    );
  }
  const match = matchIn(row);
  if (match !== '') conditions.push(`only for packets that match ${match}`);
  if (external_port_range) conditions.push(portsText(row.type, external_port_range));
  return gatewayPort === undefined ? conditions : [...conditions, ...portConditions(gatewayPort)];
}

/** OVN takes the range for the ports of what comes in as well, and leads a connection to any of them (`ct_dnat` with a port range). */
function portsText(type: NatRule['row']['type'], range: string): string {
  if (type === 'snat') return `its source ports are ${range}`;
  return `its ports are ${range}, those that connections from outside arrive at too, whatever port they are for`;
}

/** The peers that a NAT row is for, as a part of its flows; nothing where it is for everybody. */
export function withPeers(
  { addressSet }: North,
  { allowed_ext_ips: allowed, exempted_ext_ips: exempted }: NatRule['row'],
): Pick<ExternalFlow, 'peers'> {
  const set = addressSet(allowed ?? exempted);
  if (set === undefined) return {};
  return { peers: { set: set.name, isAllowed: allowed !== undefined, addresses: [...set.addresses] } };
}

/** The packets that a NAT row is for; none said is all. From 24.09 on; the row types are older. */
export function matchIn(row: NatRule['row']): string {
  return 'match' in row && typeof row.match === 'string' ? row.match : '';
}

/** What a gateway port does out of the ordinary. */
export function portConditions({ port }: GatewayPort): readonly string[] {
  return port.options?.get('redirect-type') === 'bridged'
    ? ['packets go to the gateway over the physical network, not through a tunnel (redirect-type=bridged)']
    : [];
}

/** What nobody can tell of how the address of a NAT row is met from outside. */
export function metDoubt(router: RouterView, rule: NatRule, answering: Answering): string | undefined {
  return (
    answering.doubtOf(rule.gatewayPort, rule.externalIp, rule) ??
    (rule.placement === 'distributed' ? undefined : bridgedDoubt(rule.gatewayPort)) ??
    strayDoubt(router, rule)
  );
}

/** What nobody can tell of packets that pass another node on their way to a gateway port: the physical network may lead them to it or not. */
export function bridgedDoubt(port: GatewayPort | undefined): string | undefined {
  if (port === undefined || portConditions(port).length === 0) return undefined;
  return `whether switches outside lead to the gateway what other nodes send there, all with the MAC of router port ${port.name} unless ovn-chassis-mac-mappings gives each its own (redirect-type=bridged)`;
}

/** What nobody can tell of an address that lies in the network of another gateway port than the one its row is for. */
function strayDoubt({ gatewayPorts }: RouterView, { gatewayPort, externalIp }: NatRule): string | undefined {
  if (gatewayPort === undefined || gatewayPorts.length < 2 || isOn(gatewayPort, externalIp)) return undefined;
  const near = gatewayPorts.find((port) => isOn(port, externalIp));
  return (
    near &&
    `whether what is for ${externalIp} comes by ${gatewayPort.name}, where its row translates: the address is on the network of ${near.name}`
  );
}

/** What keeps OVN from heeding a row for some peers only: it makes no flows of a set with addresses of another family. */
export function unusableSet({ addressSet }: North, { row, ref, externalIp }: NatRule): Obstacle | undefined {
  const set = addressSet(row.allowed_ext_ips);
  const odd = set && [...set.addresses].find((text) => !sameFamily(text, externalIp));
  if (set === undefined || odd === undefined) return undefined;
  return {
    reason: 'nat-ignored',
    why: `OVN makes no flows for the NAT row: its allowed_ext_ips is address set ${set.name}, which has ${odd}, not of the family of ${externalIp}`,
    rows: [ref, { db: 'NB', table: 'Address_Set', uuid: set._uuid, name: set.name }],
    isAnswered: true,
    cure: 'give the row a set with addresses of one family',
    objectCure: `give the set addresses of one family, or clear it where it is not meant, which no pass of Berth does: ovn-nbctl clear NAT ${row._uuid} allowed_ext_ips`,
  };
}
