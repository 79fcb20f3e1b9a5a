import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import type { ExternalFlow } from '../flow.ts';
import type { Verdict } from '../verdict.ts';

/**
 * What does not work as things are now, and rows of nobody of which nobody can tell: a finding for each target and reason. `verdicts` are those
 * of no failure. What rows stop whatever is alive the audit tells with what to do about it. That an address waits for its next pod is no error, and
 * told elsewhere.
 */
export function brokenNow(verdicts: readonly Verdict[]): readonly Finding[] {
  const asked = verdicts.filter(({ flow }) => flow.direction !== 'hairpin' && flow.obstacle === undefined);
  return [...lostNow(asked), ...untoldNow(asked)];
}

/** What is said of the verdicts of one target and reason; `ways` are the directions they are about. */
type Say = (first: Verdict, ways: string) => readonly Finding[];

function byTarget(verdicts: readonly Verdict[], say: Say): readonly Finding[] {
  const groups = Map.groupBy(verdicts, ({ flow, after }) =>
    JSON.stringify([flow.target, flow.externalIp, after.reason]),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first ? say(first, [...new Set(group.map(({ flow }) => flow.direction))].join(' and ')) : [];
  });
}

function lostNow(verdicts: readonly Verdict[]): readonly Finding[] {
  const lost = verdicts.filter((each) => each.after.outcome === 'lost' && !isAwaited(each));
  return byTarget(lost, ({ flow, why, after: { reason: code } }, ways) => {
    if (code === undefined) return [];
    return [
      finding(code, {
        severity: 'error',
        object: objectOf(flow),
        message: `${flow.target} (${flow.externalIp ?? flow.logicalIp}) does not work, ${ways}: ${why}`,
        cure: `see berth explain ${flow.target} for its way, and berth explain ${code} for what helps`,
        rows: flow.rows,
      }),
    ];
  });
}

function isAwaited({ flow, after }: Verdict): boolean {
  return after.reason === 'workload-down' && flow.away?.isKept === true;
}

/** Rows that no object is behind, and that leave open where they lead. An SNAT of nobody yet is as it should be. */
function untoldNow(verdicts: readonly Verdict[]): readonly Finding[] {
  const untold = verdicts.filter(
    ({ flow, after }) => after.reason === 'location-unknown' && flow.origins.length === 0 && isOpen(flow),
  );
  return byTarget(untold, ({ flow, after }, ways) => [
    finding('location-unknown', {
      object: objectOf(flow),
      message: `nobody can tell whether ${flow.externalIp ?? flow.logicalIp} works, ${ways}: it is not known ${after.missing.join(', ')}`,
      cure: openCure(flow),
      rows: flow.rows,
    }),
  ]);
}

function openCure({ rows: [row], router }: ExternalFlow): string {
  return row?.table === 'Load_Balancer'
    ? `give a port the address of the backend, or take the virtual address from load-balancers that are not meant: ovn-nbctl lr-lb-list ${router} shows them`
    : 'name the port of its workload in the NAT row (logical_port), give the port the address, or delete the row';
}

function isOpen({ doubt, kind, logicalPort }: ExternalFlow): boolean {
  return doubt !== undefined || (kind !== 'source-nat' && logicalPort === undefined);
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
