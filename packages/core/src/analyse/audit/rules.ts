import { isSince } from '../../fabric/globals.ts';
import type { FindingCode } from '../../finding/catalogue.ts';
import type { Finding } from '../../finding/finding.ts';
import { startingText } from '../../finding/home.ts';
import { list } from '../../finding/list.ts';
import { finding } from '../../finding/make.ts';
import type { Obstacle } from '../flow.ts';
import { balancedPorts, portTexts } from '../flows/balanced-ports.ts';
import { type Forward, placeText } from '../flows/forward.ts';
import { balancerText, causeOf, objectOf, vipRemovalOf } from '../flows/marks.ts';
import { type NatRule, removalOf } from '../flows/nat-rule.ts';
import type { RouterContext } from '../flows/router-context.ts';
import { type AuditedNetwork, ruleRef } from './network.ts';

/** What is stopped on every node whatever is alive, once for each reason. Backends are told of with their floating IP. */
export function auditObstacles({ flows, objects, isControlled = true }: AuditedNetwork): readonly Finding[] {
  const own = isControlled
    ? 'what Berth programs the controller puts right by itself'
    : `for what Berth programs ${startingText(objects?.home)}`;
  const findings = new Map<string, Finding>();
  for (const flow of flows) {
    const { target, obstacle, origins, externalIp = '' } = flow;
    if (obstacle === undefined || obstacle.reason === 'backend-distributed') continue;
    // That a row is not for its own workload is no fault of it: whom it is for is told by itself.
    if (flow.direction === 'hairpin' && obstacle.reason === 'nat-ignored') continue;
    findings.set(
      `${target} ${externalIp} ${obstacle.why}`,
      finding(obstacle.reason, {
        severity: 'error',
        object: objectOf(flow),
        message: `${externalIp}: ${obstacle.why}`,
        cure: cureOf(obstacle, origins.length > 0 && !foreign.has(obstacle.reason), own),
        rows: obstacle.rows,
      }),
    );
  }
  return [...findings.values()];
}

/** What comes from rows that Berth never makes, or of which it makes either: no controller of it puts that right. */
const foreign: ReadonlySet<FindingCode> = new Set(['acl-drops', 'fip-ambiguous']);

/** A row of ours is as its object asks, or will be; what stops it is somewhere else. */
function cureOf({ cure, objectCure }: Obstacle, isOurs: boolean, own: string): string {
  if (isOurs && objectCure !== undefined) return objectCure;
  if (!isOurs) return cure ?? 'correct that in NB, or delete the row';
  return `${cure ?? 'correct that in NB where it was made by hand'}; ${own}`;
}

/** Distributed rows whose port does not exist: nobody answers for them. */
export function auditLogicalPorts({ routers, north }: AuditedNetwork): readonly Finding[] {
  return routers.flatMap((context) =>
    context.rules.flatMap((rule) => {
      const port = rule.row.logical_port;
      if (rule.placement !== 'distributed' || rule.obstacle || port === undefined) return [];
      if (north.ports.has(port)) return [];
      return [
        finding('port-missing', {
          object: ruleRef(context, rule),
          message: `${rule.externalIp} is to run where port ${port} is, and there is no such port: nobody answers`,
          cure: 'name a port that exists in logical_port, or clear logical_port and external_mac',
          rows: [rule.ref],
        }),
      ];
    }),
  );
}

/**
 * NAT rows of whose address a load-balancer takes some ports. Of two objects of Berth it is as they ask, and of a load-balancer that takes all it is
 * told what stops the row.
 */
export function auditBalanced({ routers }: AuditedNetwork): readonly Finding[] {
  return routers.flatMap((context) =>
    context.rules.flatMap((rule) => {
      if (rule.row.type === 'snat' || rule.obstacle) return [];
      return balancedPorts(context, rule).flatMap(({ row, forwards }) => {
        const ports = forwards.filter(({ vip }) => vip.port !== undefined);
        const isAsked = causeOf(rule.row) !== undefined && causeOf(row) !== undefined;
        return isAsked || ports.length === 0 ? [] : [portsTaken(context, rule, row, ports)];
      });
    }),
  );
}

function portsTaken(
  context: RouterContext,
  rule: NatRule,
  row: Forward['row'],
  forwards: readonly Forward[],
): Finding {
  const { externalIp, logicalIp } = rule;
  const [own, other] = [ruleRef(context, rule), causeOf(row)];
  const backends = new Set(forwards.flatMap(({ backend }) => (backend ? [placeText(backend)] : [])));
  const vips = new Set(forwards.map(({ vip }) => placeText(vip)));
  const removals = [...vips].map((vip) => vipRemovalOf(row, vip));
  return finding('address-shared', {
    severity: 'warning',
    object: own,
    message: `${balancerText(row)} has ${externalIp} too, and takes ${list(portTexts(forwards))} of it to ${backends.size === 0 ? 'nobody' : list([...backends])}, not to ${logicalIp}`,
    cure: other
      ? `delete the NAT row, which Berth did not make (${removalOf(context.router.name, rule.row._uuid)}), unless that is what you want`
      : `take that from the load-balancer (${removals.join('; ')}), unless it is what you want`,
    related: other ? [other] : [],
    rows: [rule.ref, { db: 'NB', table: 'Load_Balancer', uuid: row._uuid, name: row.name }],
  });
}

/** Distributed floating IPs of workloads to which a load-balancer of the router forwards as well. */
export function auditBackends({ routers, north }: AuditedNetwork): readonly Finding[] {
  const isOld = !isSince(north.release, 23, 9);
  return routers.flatMap((context) =>
    context.rules.flatMap((rule) => {
      const ports = context.backends.get(rule.logicalIp);
      if (ports === undefined || rule.placement !== 'distributed' || rule.obstacle) return [];
      const what = `load-balancers of router ${context.router.name} forward to ${rule.logicalIp} (${list([...new Set(ports)])})`;
      return [
        finding('backend-distributed', {
          object: ruleRef(context, rule),
          severity: isOld ? 'error' : 'warning',
          message: isOld
            ? `${what}, whose replies leave with its distributed floating IP ${rule.externalIp}: clients drop them`
            : `${what}, so there its distributed floating IP ${rule.externalIp} does not answer`,
          cure: 'make the floating IP centralized: clear logical_port and external_mac',
          rows: [rule.ref],
        }),
      ];
    }),
  );
}
