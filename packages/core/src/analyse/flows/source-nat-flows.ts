import { filtersOf } from '../filter/filters-of.ts';
import type { ExternalFlow } from '../flow.ts';
import { type Behind, behind, fine } from './behind.ts';
import { assumedBy, reachOf, withPart } from './beyond.ts';
import { natConditions } from './conditions.ts';
import { withoutRedirect } from './floating-flows.ts';
import { originsOf, targetOf } from './marks.ts';
import type { NatRule } from './nat-rule.ts';
import { floatingKey, type RouterContext, type TargetFlows } from './router-context.ts';
import { sourceNatTable } from './source-nat-table.ts';

/**
 * The flows of SNAT rows: one for every address of a workload that the row translates. A floating IP of the same
 * gateway port goes before every SNAT. A row that translates nobody, or that OVN ignores, has one flow without workload.
 */
export function sourceNatFlows(context: RouterContext): readonly TargetFlows[] {
  const rules = context.rules.filter(({ row }) => row.type === 'snat');
  if (rules.length === 0) return [];
  const { router, floating } = context;
  const table = sourceNatTable(rules);
  const flows = new Map<NatRule, ExternalFlow[]>(rules.map((rule) => [rule, []]));
  const templates = new Map(rules.map((rule) => [rule, templateOf(context, rule)]));
  for (const { port, addresses } of router.workloads()) {
    for (const address of addresses) {
      for (const gatewayPort of table.gatewayPorts) {
        if (floating.has(floatingKey(gatewayPort, address))) continue;
        const rule = table.find(gatewayPort, address);
        const template = rule && templates.get(rule);
        if (template) flows.get(rule)?.push(flowOf(context, rule, template, address, port));
      }
    }
  }
  return [...flows].map(([rule, found]) => {
    const template = templates.get(rule) ?? templateOf(context, rule);
    const listed = found.length > 0 ? found : [flowOf(context, rule, template, rule.logicalIp, undefined)];
    return { target: template.target, flows: listed };
  });
}

type Template = Pick<ExternalFlow, 'target' | 'conditions' | 'obstacle' | 'rows' | 'origins'>;

function templateOf(context: RouterContext, rule: NatRule): Template {
  return {
    target: targetOf(rule.row, context.router.name, 'snat', rule.externalIp),
    conditions: natConditions(context.north, rule),
    obstacle: rule.obstacle ?? withoutRedirect(context, rule),
    rows: [rule.ref],
    origins: originsOf(rule.row),
  };
}

function flowOf(
  context: RouterContext,
  rule: NatRule,
  { target, conditions, obstacle, rows, origins }: Template,
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
    ...(back.doubt !== undefined && { doubt: back.doubt }),
    assumptions: assumedBy(reach, filtered),
    ...withPart(filtered),
    conditions: reach.conditions.length === 0 ? conditions : [...conditions, ...reach.conditions],
    rows,
    origins,
  };
}
