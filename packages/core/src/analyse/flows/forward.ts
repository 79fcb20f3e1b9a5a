import { formatEndpoint, parseEndpoint, parseIp } from '@berth/net';
import type { NbTables } from '@berth/ovn';
import { isSince } from '../../fabric/globals.ts';
import { heldBalancers } from '../../fabric/held-balancers.ts';
import { compareText, heldRows } from '../../fabric/tables.ts';
import { canonicalIp } from './address-text.ts';
import type { North } from './north.ts';
import type { GatewayPort, RouterView } from './router-view.ts';
import { isOn } from './router-view.ts';

type LoadBalancer = NbTables['Load_Balancer'];

/** Where a virtual address or a backend is. */
export type Place = { readonly ip: string; readonly port: number | undefined };

/** As ovn-nbctl takes and shows it: an IPv6 address with a port is in brackets. */
export function placeText({ ip: text, port }: Place): string {
  const ip = parseIp(text);
  return ip === undefined || port === undefined ? text : formatEndpoint({ ip, port });
}

/** What is taken of an address: `tcp port 80`. */
export function portText(protocol: string, { port }: Place): string {
  return port === undefined ? 'any port' : `${protocol} port ${port}`;
}

/** A virtual address with what it is for: `10.9.101.9:80 (tcp)`. */
export function vipText({ vip, protocol }: Pick<Forward, 'vip' | 'protocol'>): string {
  return vip.port === undefined ? `${placeText(vip)} for any port` : `${placeText(vip)} (${protocol})`;
}

/** One backend of one virtual address of a load-balancer that a router has. */
export type Forward = {
  readonly row: LoadBalancer;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly vip: Place;
  /** Undefined when the address has none. */
  readonly backend: Place | undefined;
  /** Both are variables of chassis (ovn-nb(5), Load_Balancer options:template). */
  readonly isTemplate: boolean;
  readonly gatewayPort: GatewayPort;
};

/**
 * What the load-balancers of a router forward from outside, its groups' included. A virtual address that is on none of
 * the router's external networks is left out: nobody outside finds it.
 */
export function forwardsOf(north: North, router: RouterView): readonly Forward[] {
  return heldRows(heldBalancers(router.row, north.loadBalancerGroup), north.loadBalancer)
    .toSorted((left, right) => compareText(left.name, right.name))
    .flatMap((row) => forwardsOfRow(router, row));
}

/** Whether OVN does load-balancing on a router at all. */
export function balances({ north, router }: { readonly north: North; readonly router: RouterView }): boolean {
  return router.isPinned || router.gatewayPorts.length <= 1 || isSince(north.release, 24, 9);
}

function forwardsOfRow(router: RouterView, row: LoadBalancer): readonly Forward[] {
  const common = {
    row,
    protocol: row.protocol ?? 'tcp',
    isTemplate: row.options?.get('template') === 'true',
  };
  const [anyPort] = router.gatewayPorts;
  return [...row.vips].flatMap(([key, value]): readonly Forward[] => {
    const vip = common.isTemplate ? { ip: key, port: undefined } : placeOf(key);
    const gatewayPort = common.isTemplate
      ? anyPort
      : router.gatewayPorts.find((port) => vip !== undefined && isOn(port, vip.ip));
    if (vip === undefined || gatewayPort === undefined) return [];
    const backends = common.isTemplate ? [{ ip: value, port: undefined }] : readBackends(value);
    if (backends.length === 0) return [{ ...common, vip, backend: undefined, gatewayPort }];
    return backends.map((backend) => ({ ...common, vip, backend, gatewayPort }));
  });
}

function readBackends(value: string): readonly Place[] {
  return value.split(',').flatMap((text) => placeOf(text.trim()) ?? []);
}

function placeOf(text: string): Place | undefined {
  const endpoint = parseEndpoint(text);
  if (endpoint !== undefined) return endpoint;
  const ip = parseIp(text.replace(/^\[(.*)\]$/, '$1'));
  return ip === undefined ? undefined : { ip: canonicalIp(ip), port: undefined };
}
