import { isSince } from '../../fabric/globals.ts';
import type { Filtered } from '../filter/filtered.ts';
import { filtersOf } from '../filter/filters-of.ts';
import type { Direction, ExternalFlow, Obstacle } from '../flow.ts';
import { alone } from './answering.ts';
import { balancedPorts, portTexts } from './balanced-ports.ts';
import { handOver } from './behind.ts';
import { besideDistributed } from './beside-distributed.ts';
import { assumedBy, reachOf, withPart } from './beyond.ts';
import { metDoubt, natConditions, unusableSet, withPeers } from './conditions.ts';
import { balances } from './forward.ts';
import { ownHairpin } from './hairpin.ts';
import { balancerText, originsOf, targetOf, vipRemovalOf } from './marks.ts';
import { type NatRule, ownMacOf } from './nat-rule.ts';
import { natTarget } from './nat-target.ts';
import { atOwnAddress } from './own-address.ts';
import { floatingKey, type RouterContext, type TargetFlows } from './router-context.ts';

/** The flows of a `dnat_and_snat` row, in, out and to itself, or of a `dnat` row, in only. */
export function floatingFlows(context: RouterContext, rule: NatRule, answering = alone): TargetFlows {
  const { north, router } = context;
  const target = targetOf(rule.row, router.name, rule.row.type, rule.externalIp);
  const reach = reachOf(context, rule.gatewayPort, rule.logicalIp);
  const conditions = [...natConditions(north, rule), ...reach.conditions];
  const { port: logicalPort, ...led } = natTarget(context, rule);
  const beside = besideDistributed(context, rule, logicalPort);
  const doubt = led.doubt ?? rivalRows(context, rule) ?? beside?.doubt ?? metDoubt(router, rule, answering);
  const obstacle = led.obstacle ?? beside?.obstacle;
  const filters = filtersOf(context, { ...rule, logicalPort, externalMac: ownMacOf(rule) });
  const own = atOwnAddress(context, rule);
  const unusable = unusableSet(north, rule);
  const taken = takenByBalancer(context, rule);
  const stopped = reach.obstacle ?? obstacle ?? atGateway(context, rule) ?? withoutRedirect(context, rule);
  const common = {
    target,
    kind: rule.row.type === 'dnat' ? ('port-forward' as const) : ('floating-ip' as const),
    router: router.name,
    externalIp: rule.externalIp,
    ...(router.ownPortAt(rule.externalIp) && { isRouterAddress: true as const }),
    externalPort: undefined,
    logicalIp: rule.logicalIp,
    logicalPort,
    placement: rule.placement,
    gatewayPort: rule.gatewayPort?.name,
    network: rule.gatewayPort?.network,
    ...(doubt !== undefined && { doubt }),
    ...withPeers(north, rule.row),
    rows: [rule.ref],
    origins: originsOf(rule.row),
  };
  const flow = (direction: Direction, others: readonly string[], filtered: Filtered): ExternalFlow => ({
    ...common,
    direction,
    obstacle:
      rule.obstacle ??
      own ??
      unusable ??
      filtered.obstacle ??
      (direction === 'inbound' ? taken : undefined) ??
      stopped,
    assumptions: assumedBy(reach, filtered),
    ...withPart(filtered),
    conditions: others.length === 0 ? conditions : [...conditions, ...others],
  });
  const [ports, others] = [forwardedPorts(context, rule), rivals(context, rule)];
  const inbound = flow('inbound', ports, filters.inbound);
  if (rule.row.type === 'dnat') return { target, flows: [inbound] };
  const outbound = { ...flow('outbound', others, filters.outbound), ...withStrayReply(context, rule, doubt) };
  const hairpin =
    filters.inbound === filters.inside && filters.outbound === filters.inside
      ? ownHairpin(outbound, inbound)
      : ownHairpin(flow('outbound', others, filters.inside), flow('inbound', ports, filters.inside));
  return { target, flows: [inbound, outbound, hairpin] };
}

/** Whether nothing leaves as the address of a floating IP's row: a distributed one of its workload takes all. */
export function neverLeaves(context: RouterContext, rule: NatRule): boolean {
  return besideDistributed(context, rule, natTarget(context, rule).port)?.obstacle !== undefined;
}

/** What the switch outside does to a row. */
function atGateway({ north }: RouterContext, { gatewayPort, placement, ref }: NatRule): Obstacle | undefined {
  return gatewayPort && handOver(north, gatewayPort.name, placement, ref);
}

/** Of several rows with one external address OVN takes one, and which is not said anywhere. Rows that do the same are no rivals. */
function rivalRows({ external, router }: RouterContext, rule: NatRule): string | undefined {
  const same = external.get(floatingKey(rule.gatewayPort?.name, rule.externalIp)) ?? [];
  const isAlike = ({ logicalIp, placement, row }: NatRule): boolean =>
    logicalIp === rule.logicalIp &&
    placement === rule.placement &&
    row.logical_port === rule.row.logical_port;
  if (same.length < 2 || same.every(isAlike)) return undefined;
  return `which of the ${same.length} NAT rows of router ${router.name} for ${rule.externalIp} OVN takes`;
}

/** The load-balancer that takes all that comes for an address. A node that answers for it itself asks none. */
function takenByBalancer(
  context: RouterContext,
  { externalIp, placement, ref }: NatRule,
): Obstacle | undefined {
  const taking = context.virtual
    .get(externalIp)
    ?.find(({ vip, isTemplate }) => vip.port === undefined && !isTemplate);
  if (taking === undefined || placement === 'distributed' || !balances(context)) return undefined;
  const { name, _uuid: uuid } = taking.row;
  return {
    reason: 'address-shared',
    why: `load-balancer ${name} has the address too, for any port, and takes all that comes for it`,
    rows: [ref, { db: 'NB', table: 'Load_Balancer', uuid, name }],
    isAnswered: true,
    cure: `take the address from one of the two: ${vipRemovalOf(taking.row, externalIp)} does from the load-balancer`,
  };
}

/** A load-balancer with the same address goes first. From 23.09 on replies from its backends go to the gateway, whoever asked. */
function forwardedPorts(context: RouterContext, rule: NatRule): readonly string[] {
  const { north, backends } = context;
  const behind =
    rule.placement === 'distributed' && isSince(north.release, 23, 9)
      ? backends.get(rule.logicalIp)
      : undefined;
  return [
    ...balancedPorts(context, rule).map(
      ({ row, forwards }) =>
        `not to ${portTexts(forwards).join(', ')}: ${balancerText(row)} has that address too`,
    ),
    ...(behind === undefined ? [] : [`not to ${behind.join(', ')}: a load-balancer forwards there`]),
  ];
}

function rivals(context: RouterContext, rule: NatRule): readonly string[] {
  const others = besides(context, rule)
    .filter((each) => !neverLeaves(context, each))
    .map(({ externalIp }) => externalIp);
  if (others.length === 0) return [];
  return [`OVN may as well let ${rule.logicalIp} leave as ${others.join(', ')}`];
}

/** Of several rows by which a workload may leave one may have its replies dropped. */
function withStrayReply(
  context: RouterContext,
  rule: NatRule,
  doubt: string | undefined,
): Pick<ExternalFlow, 'doubt'> {
  if (doubt !== undefined) return {};
  const dropped = besides(context, rule).find((each) => atOwnAddress(context, each) !== undefined);
  if (dropped === undefined) return {};
  return {
    doubt: `whether ${rule.logicalIp} leaves as ${rule.externalIp} or as ${dropped.externalIp}, which is the router's own address, so that OVN drops the replies`,
  };
}

/** The other floating IPs of a workload on one gateway port. */
function besides({ floating }: RouterContext, rule: NatRule): readonly NatRule[] {
  const same = floating.get(floatingKey(rule.gatewayPort?.name, rule.logicalIp)) ?? [];
  return same.filter((each) => each !== rule);
}

/** A VTEP port on the external switch switches off the way to the gateway (northd, gw_redirect). */
export function withoutRedirect(
  { north }: RouterContext,
  { placement, gatewayPort, ref }: NatRule,
): Obstacle | undefined {
  const on = gatewayPort?.switchRow;
  if (placement === 'distributed' || on === undefined || !north.vtepSwitches.has(on)) return undefined;
  return {
    reason: 'nat-ignored',
    why: `a vtep port is on the switch of ${gatewayPort?.name}, so OVN sends nothing to the gateway`,
    rows: [ref],
  };
}
