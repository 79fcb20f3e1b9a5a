import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import type { ExternalFlow } from '../flow.ts';
import type { Verdict } from '../verdict.ts';

/**
 * What does not work as things are now: a finding for each target and reason. `verdicts` are those of no failure. What rows stop whatever is
 * alive the audit tells with what to do about it.
 */
export function brokenNow(verdicts: readonly Verdict[]): readonly Finding[] {
  const lost = verdicts.filter(
    ({ flow, after }) =>
      after.outcome === 'lost' && flow.direction !== 'hairpin' && flow.obstacle === undefined,
  );
  const groups = Map.groupBy(lost, ({ flow, after }) =>
    JSON.stringify([flow.target, flow.externalIp, after.reason]),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    const code = first?.after.reason;
    if (!first || code === undefined) return [];
    const { flow, why } = first;
    const ways = [...new Set(group.map((each) => each.flow.direction))].join(' and ');
    const address = flow.externalIp === undefined ? flow.logicalIp : flow.externalIp;
    return [
      finding(code, {
        severity: 'error',
        object: objectOf(flow),
        message: `${flow.target} (${address}) does not work, ${ways}: ${why}`,
        cure: `see berth explain ${flow.target} for its way, and berth explain ${code} for what helps`,
        rows: flow.rows,
      }),
    ];
  });
}

const types = { 'floating-ip': 'dnat_and_snat', 'source-nat': 'snat', 'port-forward': 'dnat' } as const;

/** The user's object where the row names it, else the row. */
function objectOf({
  kind,
  origins,
  router,
  externalIp,
  logicalPort,
  logicalIp,
}: ExternalFlow): Finding['object'] {
  const [origin] = origins;
  if (origin) return origin.object;
  if (kind === 'routed') return { kind: 'Logical_Switch_Port', name: logicalPort ?? logicalIp };
  return { kind: 'NAT', name: `${router}/${types[kind]}/${externalIp}` };
}
