import { heldRows } from '../../fabric/tables.ts';
import type { ExternalFlow } from '../flow.ts';
import { push } from '../push.ts';
import { type Forward, forwardsOf, portText } from './forward.ts';
import { type NatRule, natRule } from './nat-rule.ts';
import type { North, Router } from './north.ts';
import { type RouterView, routerView } from './router-view.ts';
import { type WayOut, waysOut } from './routes.ts';
import { type WayIn, waysIn } from './way-in.ts';

/** Everything that decides about the external flows of one router. */
export type RouterContext = {
  readonly north: North;
  readonly router: RouterView;
  readonly rules: readonly NatRule[];
  /** Rows of floating IPs that OVN heeds, by gateway port and logical address. */
  readonly floating: ReadonlyMap<string, readonly NatRule[]>;
  /** Rows that OVN heeds and that are met from outside, by gateway port and external address: one each, or nobody can tell which counts. */
  readonly external: ReadonlyMap<string, readonly NatRule[]>;
  readonly forwards: readonly Forward[];
  /** What load-balancers do to an address, by backend address: `tcp port 80`. */
  readonly backends: ReadonlyMap<string, readonly string[]>;
  /** What load-balancers take of an address, by virtual address. */
  readonly virtual: ReadonlyMap<string, readonly Forward[]>;
  readonly wayOut: WayOut;
  readonly wayIn: (ip: string) => WayIn;
};

/** The flows of one target, in no order. */
export type TargetFlows = { readonly target: string; readonly flows: readonly ExternalFlow[] };

/** Reads a router with its NAT rows and load-balancers. */
export function routerContext(north: North, row: Router): RouterContext {
  const router = routerView(north, row);
  const rules = heldRows(row.nat, north.nat).map((nat) => natRule(router, nat));
  const floating = new Map<string, NatRule[]>();
  const external = new Map<string, NatRule[]>();
  for (const rule of rules) {
    if (rule.row.type === 'snat' || rule.obstacle !== undefined) continue;
    push(external, floatingKey(rule.gatewayPort?.name, rule.externalIp), rule);
    if (rule.row.type === 'dnat') continue;
    push(floating, floatingKey(rule.gatewayPort?.name, rule.logicalIp), rule);
  }
  const forwards = forwardsOf(north, router);
  return {
    north,
    router,
    rules,
    floating,
    external,
    forwards,
    backends: portsByBackend(forwards),
    virtual: Map.groupBy(forwards, ({ vip }) => vip.ip),
    wayOut: waysOut(north, router),
    wayIn: waysIn(north, router),
  };
}

function portsByBackend(forwards: readonly Forward[]): ReadonlyMap<string, readonly string[]> {
  const ports = new Map<string, Set<string>>();
  for (const { backend, protocol } of forwards) {
    if (backend === undefined) continue;
    const known = ports.get(backend.ip) ?? new Set();
    known.add(portText(protocol, backend));
    ports.set(backend.ip, known);
  }
  return new Map([...ports].map(([ip, texts]) => [ip, [...texts]]));
}

/** The distributed row among `floating` or `external` rows by a gateway port and an address. */
export function distributedAt(
  rows: ReadonlyMap<string, readonly NatRule[]>,
  gatewayPort: string,
  ip: string,
): NatRule | undefined {
  return rows.get(floatingKey(gatewayPort, ip))?.find(({ placement }) => placement === 'distributed');
}

/** The key of {@link RouterContext} `floating`, and with an external address of `external`. */
export function floatingKey(gatewayPort: string | undefined, ip: string): string {
  return `${gatewayPort ?? ''} ${ip}`;
}
