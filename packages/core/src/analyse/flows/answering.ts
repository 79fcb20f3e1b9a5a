import { parseMac } from '@berth/net';
import { list } from '../../finding/list.ts';
import { disabledRouter, disabledRouterPort } from '../filter/disabled.ts';
import { push } from '../push.ts';
import { type NatRule, ownMacOf } from './nat-rule.ts';
import { distributedAt, type RouterContext } from './router-context.ts';
import { type GatewayPort, hostsOf } from './router-view.ts';

/** Who answers on physical networks for which address and with which MAC, of all routers. */
export type Answering = {
  /** What nobody can tell of an external address that several answer for, or that has the MAC of another; `rule` is the row it is of. */
  doubtOf(by: GatewayPort | undefined, externalIp: string, rule?: NatRule): string | undefined;
};

/** Where nobody else is looked for. */
export const alone: Answering = { doubtOf: () => undefined };

/** One that answers, with the port by which it is met. */
type Met = readonly [GatewayPort, Answerer];

/** One that answers. */
type Answerer = {
  /** `the node of port web`. */
  readonly who: string;
  /** Those of one place answer as one. */
  readonly place: string;
  readonly ip: string;
  readonly mac: string | undefined;
};

/**
 * Reads who answers for what. Nothing in OVN keeps routers, or rows of one router, from having one address or one MAC: whom neighbours find, or
 * switches deliver to, is chance then.
 */
export function answeringOf(contexts: readonly RouterContext[]): Answering {
  const networks = new Map<GatewayPort, string>();
  const byIp = new Map<string, Answerer[]>();
  const byMac = new Map<string, Answerer[]>();
  for (const context of contexts) {
    for (const by of context.router.gatewayPorts) networks.set(by, networkKey(context, by));
    for (const [by, answerer] of answerersOf(context)) {
      const network = networks.get(by);
      if (disabledRouterPort(by.port)) continue;
      push(byIp, `${network} ${answerer.ip}`, answerer);
      if (answerer.mac !== undefined) push(byMac, `${network} ${answerer.mac}`, answerer);
    }
  }
  return {
    doubtOf(by, ip, rule) {
      const network = by && networks.get(by);
      if (by === undefined || network === undefined) return undefined;
      const answering = several(byIp.get(`${network} ${ip}`));
      if (answering)
        return `whom neighbours outside find for ${ip}: ${list(answering.map(({ who }) => who))} answer for it`;
      const mac = macOf(by, rule);
      const sharing = mac === undefined ? undefined : several(byMac.get(`${network} ${mac}`));
      const owners = sharing?.map((each) => `${each.who} (${each.ip})`);
      return (
        owners && `to whom switches outside deliver what is for ${ip}: ${list(owners)} have one MAC, ${mac}`
      );
    },
  };
}

/** Every answerer of a router, with the port by which it is met. */
function* answerersOf(context: RouterContext): Generator<Met, void> {
  if (disabledRouter(context.router.row)) return;
  for (const rule of context.rules) {
    const by = rule.gatewayPort;
    if (by === undefined || rule.obstacle !== undefined) continue;
    yield [by, rule.placement === 'distributed' ? local(context, rule) : gateway(by, rule.externalIp)];
  }
  // A node answers alone for what its row shares with a load-balancer or with the port.
  for (const [by, ip] of ofGateways(context))
    if (!distributedAt(context.external, by.name, ip)) yield [by, gateway(by, ip)];
}

/** The addresses of load-balancers, and of the ports themselves. */
function* ofGateways({ router, forwards }: RouterContext): Generator<readonly [GatewayPort, string], void> {
  for (const { gatewayPort, vip } of forwards) yield [gatewayPort, vip.ip];
  for (const by of router.gatewayPorts) for (const ip of hostsOf(by.port)) yield [by, ip];
}

function gateway(by: GatewayPort, ip: string): Answerer {
  const who = `the gateway of router port ${by.name}`;
  return { who, place: who, ip, mac: parseMac(by.port.mac) };
}

function local({ north }: RouterContext, { row, externalIp: ip }: NatRule): Answerer {
  const port = row.logical_port ?? '';
  const who = `the node of port ${port}`;
  const chassis = north.dataPlane?.bindings.get(port)?.chassis;
  return { who, place: chassis ?? who, ip, mac: parseMac(row.external_mac ?? '') };
}

function macOf(by: GatewayPort, rule: NatRule | undefined): string | undefined {
  return parseMac((rule && ownMacOf(rule)) ?? by.port.mac);
}

/** A physical network, which is one for each VLAN. */
export function networkKey({ north }: RouterContext, { network, switchRow }: GatewayPort): string {
  const external = switchRow && north.dataPlane?.externals.get(switchRow);
  return `${network} ${external?.vlanId ?? 0}`;
}

/** One of each place, where there are several; undefined for one, and for none. */
function several(all: readonly Answerer[] | undefined): readonly Answerer[] | undefined {
  if (all === undefined || all.length < 2) return undefined;
  const places = new Map(all.map((each) => [each.place, each] as const));
  return places.size < 2 ? undefined : [...places.values()];
}
