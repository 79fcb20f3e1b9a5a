import { isRuleKind } from '@berth/api';
import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import { externalNetworksOf } from '../../fabric/external-networks.ts';
import type { Fabric } from '../../fabric/fabric.ts';
import { releaseOf, tunnelBfdOf } from '../../fabric/globals.ts';
import { fabricOf } from '../../fabric/read.ts';
import type { Finding } from '../../finding/finding.ts';
import { sortFindings } from '../../finding/make.ts';
import { takesPart } from '../../finding/takes-part.ts';
import type { ExternalFlow } from '../flow.ts';
import { floatingFlows } from '../flows/floating-flows.ts';
import { forwardFlow } from '../flows/forward-flow.ts';
import { northOf } from '../flows/north.ts';
import { type RouterContext, routerContext } from '../flows/router-context.ts';
import { sourceNatFlows } from '../flows/source-nat-flows.ts';
import { auditAddresses, auditMacs, auditRivals } from './addresses.ts';
import { auditRivalBalancers } from './balancers.ts';
import { auditParts } from './parts.ts';
import { auditBackends, auditLogicalPorts, auditObstacles } from './rules.ts';
import { auditNestedSources, auditSources } from './sources.ts';

/** What is to be found in NB alone, whatever is alive. */
const checks = [
  ...[auditAddresses, auditMacs, auditRivals, auditSources, auditNestedSources],
  ...[auditObstacles, auditLogicalPorts, auditBackends, auditRivalBalancers, auditParts],
];

/**
 * Why rules do not work, or not wholly, though NB has their rows as they ask: another row takes their packets away or drops them, a port or a
 * router on the way is disabled, somebody else has the address. The same, in the same words, as `auditOf` tells of them. Of SB only the release
 * is read.
 *
 * For ten thousand rules it takes some tenths of a second: whoever has other things to do beside may do them after each step.
 */
export function* failingRules(
  nb: Snapshot<NbTables>,
  sb: Snapshot<SbTables>,
): Generator<undefined, readonly Finding[]> {
  const { dataPlane, ...rest } = withoutSouth(nb, sb);
  const fabric = { ...rest, dataPlane };
  yield;
  const north = northOf(nb, fabric);
  yield;
  const routers: RouterContext[] = [];
  const flows: ExternalFlow[] = [];
  for (const row of north.routers) {
    const context = routerContext(north, row);
    routers.push(context);
    yield;
    for (const [place, rule] of context.rules.entries()) {
      if (rule.row.type !== 'snat') flows.push(...crossing(floatingFlows(context, rule).flows));
      if (place % atOnce === 0) yield;
    }
    for (const each of sourceNatFlows(context)) flows.push(...each.flows);
    for (const forward of context.forwards) flows.push(...forwardFlow(context, forward).flows);
  }
  const network = { nb, sb, fabric, north, dataPlane, routers, flows };
  const found: Finding[] = [];
  for (const check of checks) {
    yield;
    for (const each of check(network)) found.push(...ofRules(each));
  }
  return sortFindings(found);
}

/** So many rules are looked at in one step. */
const atOnce = 100;

function crossing(flows: readonly ExternalFlow[]): readonly ExternalFlow[] {
  return flows.filter(({ direction }) => direction !== 'hairpin');
}

/** An error, or what takes a part of a rule's packets, as it is told of each rule that it concerns: of two rows for one address either may be ours. */
function ofRules(found: Finding): readonly Finding[] {
  if (found.severity !== 'error' && !takesPart(found)) return [];
  const parties = found.object ? [found.object, ...found.related] : found.related;
  return parties.flatMap((object) =>
    isRuleKind(object.kind) ? [{ ...found, object, related: parties.filter((each) => each !== object) }] : [],
  );
}

/** A fabric of which only NB is known: who claims what does not count. */
function withoutSouth(
  nb: Snapshot<NbTables>,
  sb: Snapshot<SbTables>,
): Fabric & Required<Pick<Fabric, 'dataPlane'>> {
  const dataPlane = {
    ...{ groups: new Map(), bindings: new Map(), reports: [], assumptions: [] },
    externals: externalNetworksOf(nb),
    tunnelBfd: tunnelBfdOf(nb, sb),
    release: releaseOf(nb, sb),
  };
  return { ...fabricOf(nb, sb), dataPlane };
}
