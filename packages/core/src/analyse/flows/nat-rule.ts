import { isUnicastMac, parseMac } from '@berth/net';
import { disabledRouter } from '../filter/disabled.ts';
import type { Obstacle, RowRef } from '../flow.ts';
import { canonicalIp, isIp, sameFamily, spanOf } from './address-text.ts';
import type { Nat } from './north.ts';
import { type GatewayPort, isOn, type RouterView } from './router-view.ts';

/** A NAT row as northd understands it. */
export type NatRule = {
  readonly row: Nat;
  readonly ref: RowRef;
  readonly externalIp: string;
  /** Host address, or a network for `snat`. */
  readonly logicalIp: string;
  readonly placement: 'distributed' | 'centralized';
  readonly gatewayPort: GatewayPort | undefined;
  /** Why the row has no effect. */
  readonly obstacle: Obstacle | undefined;
};

/** Reads a NAT row with the eyes of northd (ovn-nb(5), NAT). */
export function natRule(router: RouterView, row: Nat): NatRule {
  const ref: RowRef = { db: 'NB', table: 'NAT', uuid: row._uuid, name: row.external_ip };
  const gatewayPort = gatewayPortOf(router, row);
  const why = ignoredBecause(router, row, gatewayPort);
  const ignored = why === undefined ? undefined : { reason: 'nat-ignored' as const, ...why, rows: [ref] };
  return {
    row,
    ref,
    externalIp: canonicalIp(row.external_ip),
    logicalIp: row.type === 'snat' ? row.logical_ip : canonicalIp(withoutHostMask(row.logical_ip)),
    placement: isDistributed(router, row, gatewayPort) ? 'distributed' : 'centralized',
    gatewayPort,
    obstacle: disabledRouter(router.row) ?? ignored,
  };
}

/** The hardware address that a row has of its own: of one for which the gateway answers it is the router port's. */
export function ownMacOf({ row, placement }: Pick<NatRule, 'row' | 'placement'>): string | undefined {
  return placement === 'distributed' ? row.external_mac : undefined;
}

/** The command that takes rows from a router. By UUID: `lr-nat-del` knows the network only, and takes whichever row it meets first. */
export function removalOf(router: string, ...uuids: readonly string[]): string {
  return `ovn-nbctl remove Logical_Router ${router} nat ${uuids.join(' ')}`;
}

/**
 * The gateway port of a row: the one it names; else the only one, whatever its networks; of several the one whose
 * network has the external address.
 */
function gatewayPortOf({ gatewayPorts, isPinned }: RouterView, row: Nat): GatewayPort | undefined {
  if (row.gateway_port !== undefined && !isPinned) {
    return gatewayPorts.find((port) => port.row === row.gateway_port);
  }
  if (gatewayPorts.length === 1) return gatewayPorts[0];
  const on = gatewayPorts.find((port) => isOn(port, row.external_ip));
  return on ?? (isPinned ? gatewayPorts[0] : undefined);
}

function isDistributed({ isPinned }: RouterView, row: Nat, gatewayPort: GatewayPort | undefined): boolean {
  return (
    !isPinned &&
    row.type === 'dnat_and_snat' &&
    row.logical_port !== undefined &&
    row.external_mac !== undefined &&
    parseMac(row.external_mac) !== undefined &&
    gatewayPort?.isCentralOnly !== true
  );
}

/** Why a row does nothing, and whether the address is answered for all the same. */
type Ignored = Pick<Obstacle, 'why' | 'isAnswered' | 'answeredBy' | 'cure' | 'objectCure'>;

function ignoredBecause(
  router: RouterView,
  row: Nat,
  gatewayPort: GatewayPort | undefined,
): Ignored | undefined {
  const { external_ip, logical_ip, type } = row;
  if (!isIp(external_ip))
    return { why: `OVN ignores the NAT row: its external_ip ${external_ip} is no host address` };
  if (!isLogical(type, logical_ip) || !sameFamily(external_ip, logical_ip)) {
    return {
      why: `OVN ignores the NAT row: its logical_ip ${logical_ip} does not fit ${type} of ${external_ip}`,
    };
  }
  if (row.allowed_ext_ips !== undefined && row.exempted_ext_ips !== undefined) {
    const cure = `clear one of the two: ovn-nbctl clear NAT ${row._uuid} exempted_ext_ips`;
    return {
      why: 'OVN ignores the NAT row: it has both allowed_ext_ips and exempted_ext_ips',
      cure,
      objectCure: `${cure}; no pass of Berth clears them`,
    };
  }
  if (gatewayPort === undefined && !router.isPinned) return withoutPort(router, row);
  if (router.isPinned || row.logical_port === undefined || row.external_mac === undefined) return undefined;
  return withColumns(type, row.logical_port, row.external_mac);
}

/**
 * What is wrong with a row that has `logical_port` and `external_mac`: they are heeded for who answers whatever the type, and for who
 * translates with `dnat_and_snat` only. A MAC that cannot be read leaves the gateway to answer; a group's is answered with, and nobody
 * takes such an answer.
 */
function withColumns(type: Nat['type'], port: string, text: string): Ignored | undefined {
  const mac = parseMac(text);
  if (type === 'snat' || (type === 'dnat' && mac === undefined)) return undefined;
  if (type === 'dnat')
    return {
      why: `OVN lets the node of port ${port} answer for the address and translates a row of type dnat on the gateway only: it is to have no logical_port and no external_mac`,
    };
  if (mac === undefined)
    return {
      why: `OVN makes no flows for the NAT row: its external_mac ${text} is no MAC`,
      isAnswered: true,
    };
  if (isUnicastMac(mac)) return undefined;
  return {
    why: `no neighbour takes an answer for the address: its external_mac ${text} is no MAC of one host`,
  };
}

function isLogical(type: Nat['type'], text: string): boolean {
  return type === 'snat' ? spanOf(text) !== undefined : isIp(withoutHostMask(text));
}

function withoutHostMask(text: string): string {
  return text.replace(text.includes(':') ? /\/128$/ : /\/32$/, '');
}

function withoutPort(router: RouterView, row: Nat): Ignored {
  const { name, gatewayPorts } = router;
  if (gatewayPorts.length === 0) return ungated(router);
  return {
    why:
      row.gateway_port === undefined
        ? `OVN ignores the NAT row: none of the gateway ports of router ${name} is on the network of ${row.external_ip}`
        : `OVN ignores the NAT row: its gateway_port is no gateway port of router ${name}`,
  };
}

/**
 * Of a router without gateway port. Each node that has a workload behind it answers for the addresses of its rows, with the MAC of the
 * port that was asked (northd, `build_lrouter_nat_arp_nd_flow`), and translates nothing.
 */
function ungated({ name, external, workloadChassis }: RouterView): Ignored {
  const why = `router ${name} has no gateway port, so OVN does no NAT on it`;
  const [port] = external;
  if (port === undefined) return { why };
  return {
    why: `${why}; every node with a workload behind it answers for the address all the same`,
    isAnswered: true,
    answeredBy: { chassis: workloadChassis(), networks: external.map(({ network }) => network) },
    cure: `name a gateway for its port: ovn-nbctl lrp-set-gateway-chassis ${port.name} CHASSIS`,
  };
}
