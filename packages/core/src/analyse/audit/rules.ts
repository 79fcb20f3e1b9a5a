import { isSince } from '../../fabric/globals.ts';
import type { FindingCode } from '../../finding/catalogue.ts';
import type { Finding } from '../../finding/finding.ts';
import { startingText } from '../../finding/home.ts';
import { list } from '../../finding/list.ts';
import { finding } from '../../finding/make.ts';
import type { Obstacle } from '../flow.ts';
import { objectOf } from '../flows/marks.ts';
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
  if (!isOurs) return cure ?? 'Correct that in NB, or delete the row';
  return `${cure ?? 'Correct that in NB where it was made by hand'}; ${own}`;
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
          cure: 'Name a port that exists in logical_port, or clear logical_port and external_mac',
          rows: [rule.ref],
        }),
      ];
    }),
  );
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
          cure: 'Make the floating IP centralized: clear logical_port and external_mac',
          rows: [rule.ref],
        }),
      ];
    }),
  );
}
