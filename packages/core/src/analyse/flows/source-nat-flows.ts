import { filtersOf } from '../filter/filters-of.ts';
import type { ExternalFlow } from '../flow.ts';
import { type Answering, alone } from './answering.ts';
import { type Behind, behind, fine } from './behind.ts';
import { assumedBy, reachOf, withPart } from './beyond.ts';
import { metDoubt, natConditions, unusableSet, withPeers } from './conditions.ts';
import { withoutRedirect } from './floating-flows.ts';
import { idleSource } from './idle-source.ts';
import { originsOf, targetOf } from './marks.ts';
import type { NatRule } from './nat-rule.ts';
import { floatingKey, type RouterContext, type TargetFlows } from './router-context.ts';
import { type SourceNatTable, sourceNatTable } from './source-nat-table.ts';
import { sourceRivals } from './source-rivals.ts';

/**
 * The flows of SNAT rows: one for every address of a workload that the row translates. A floating IP of the same
 * gateway port goes before every SNAT. Of rows with one network each has its flows, and nobody knows which translates. A row
 * that translates nobody, or that OVN ignores, has one flow without workload.
 */
export function sourceNatFlows(context: RouterContext, answering = alone): readonly TargetFlows[] {
  const rules = context.rules.filter(({ row }) => row.type === 'snat');
  if (rules.length === 0) return [];
  const rivals = new Map(sourceRivals(context).flatMap((rows) => rows.map((rule) => [rule, rows] as const)));
  const flows = new Map(
    rules.map((rule) => [
      rule,
      { template: templateOf(context, rule, rivals.get(rule), answering), found: [] as ExternalFlow[] },
    ]),
  );
  const table = sourceNatTable(rules);
  for (const { rule, address, port } of translated(context, table)) {
    const known = flows.get(rule);
    known?.found.push(flowOf(context, rule, known.template, address, port));
  }
  return [...flows].map(([rule, { template, found }]) => {
    return {
      target: template.target,
      flows: found.length > 0 ? found : [withoutWorkload(context, rule, template, table)],
    };
  });
}

function withoutWorkload(
  context: RouterContext,
  rule: NatRule,
  template: Template,
  table: SourceNatTable,
): ExternalFlow {
  const flow = flowOf(context, rule, template, rule.logicalIp, undefined);
  if (template.obstacle !== undefined) return flow;
  const { idle, obstacle } = idleSource(context, rule, table) ?? {};
  return { ...flow, obstacle: obstacle ?? flow.obstacle, ...(idle !== undefined && { idle }) };
}

type Translated = { readonly rule: NatRule; readonly address: string; readonly port: string };

/** Every address of a workload with the rows that translate it. */
function* translated(
  { router, floating }: RouterContext,
  table: SourceNatTable,
): Generator<Translated, void> {
  for (const { port, addresses } of router.workloads()) {
    for (const address of addresses) {
      for (const gatewayPort of table.gatewayPorts) {
        if (floating.has(floatingKey(gatewayPort, address))) continue;
        for (const rule of table.find(gatewayPort, address)) yield { rule, address, port };
      }
    }
  }
}

type Template = Pick<
  ExternalFlow,
  'target' | 'conditions' | 'obstacle' | 'doubt' | 'peers' | 'rows' | 'origins'
>;

function templateOf(
  context: RouterContext,
  rule: NatRule,
  rivals: readonly NatRule[] | undefined,
  answering: Answering,
): Template {
  const { name } = context.router;
  const addresses = rivals?.map(({ externalIp }) => externalIp);
  const chance =
    addresses &&
    `which of the ${addresses.length} SNAT rows of router ${name} for ${rule.logicalIp} OVN takes, that to ${addresses.join(' or ')}`;
  return {
    target: targetOf(rule.row, context.router.name, 'snat', rule.externalIp),
    conditions: natConditions(context.north, rule),
    obstacle: rule.obstacle ?? unusableSet(context.north, rule) ?? withoutRedirect(context, rule),
    ...withDoubt(chance ?? metDoubt(context.router, rule, answering)),
    ...withPeers(context.north, rule.row),
    rows: [rule.ref],
    origins: originsOf(rule.row),
  };
}

function flowOf(
  context: RouterContext,
  rule: NatRule,
  { target, conditions, obstacle, doubt, peers, rows, origins }: Template,
  logicalIp: string,
  logicalPort: string | undefined,
): ExternalFlow {
  const { gatewayPort, externalIp } = rule;
  const reach = reachOf(context, gatewayPort, logicalIp);
  const filtered = filtersOf(context, { gatewayPort, logicalPort, logicalIp, externalIp }).outbound;
  const back: Behind = logicalPort === undefined ? fine : behind(context, logicalPort, logicalIp, rule.ref);
  return {
    target,
    direction: 'outbound',
    kind: 'source-nat',
    router: context.router.name,
    externalIp,
    externalPort: undefined,
    logicalIp,
    logicalPort,
    placement: 'centralized',
    gatewayPort: gatewayPort?.name,
    network: gatewayPort?.network,
    obstacle: obstacle ?? filtered.obstacle ?? back.obstacle ?? reach.obstacle,
    ...withDoubt(doubt ?? back.doubt),
    assumptions: assumedBy(reach, filtered),
    ...withPart(filtered),
    conditions: reach.conditions.length === 0 ? conditions : [...conditions, ...reach.conditions],
    ...(peers && { peers }),
    rows,
    origins,
  };
}

function withDoubt(doubt: string | undefined): Pick<ExternalFlow, 'doubt'> {
  return doubt === undefined ? {} : { doubt };
}
