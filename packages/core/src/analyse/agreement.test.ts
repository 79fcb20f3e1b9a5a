import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatFailures } from '../fabric/failure.ts';
import { fabricOf } from '../fabric/read.ts';
import type { OracleAnswer } from '../testing/oracle/answer.ts';
import { oracleOf } from '../testing/oracle/oracle.ts';
import { askedOf } from '../testing/oracle/questions.ts';
import { ovnWorld } from '../testing/ovn-world.ts';
import { anyFailures, anyOvnWorld } from '../testing/ovn-world-random.ts';
import { analyse } from './analyse.ts';
import type { ExternalFlow } from './flow.ts';
import { flowsOf } from './flows/flows-of.ts';
import type { FlowState } from './verdict.ts';

const anyCase = anyOvnWorld.chain((world) =>
  fc.record({ world: fc.constant(world), failures: anyFailures(world) }),
);

/** Which question of the oracle's a flow is. */
const keyOf = ({ rows, direction }: ExternalFlow): string =>
  `${rows.find(({ table }) => table === 'NAT')?.uuid} ${direction}`;

/** RUNS=100000 looks harder. */
const runs = Number(process.env['RUNS'] ?? 800);

test('the analyser and the oracle say the same of any network under any failures', () => {
  const seen = { delivered: 0, lost: 0, unknown: 0 };
  fc.assert(
    fc.property(anyCase, ({ world, failures }) => {
      const { nb, sb } = ovnWorld(world);
      const fabric = fabricOf(nb, sb);
      const answer = oracleOf(nb, sb)(failures);
      const { verdicts } = analyse({ fabric, flows: flowsOf(nb, fabric), failures });
      const found = new Map(verdicts.map((verdict) => [keyOf(verdict.flow), verdict.after]));
      const wrong = askedOf(nb, sb).flatMap(({ question, flow }) => {
        const wanted = answer(question);
        seen[wanted.outcome] += 1;
        const after = found.get(keyOf(flow));
        if (after !== undefined && isSame(after, wanted)) return [];
        return [{ ip: flow.externalIp, direction: flow.direction, port: flow.logicalPort, after, wanted }];
      });
      expect({ failures: formatFailures(failures), wrong }).toMatchObject({ wrong: [] });
    }),
    { numRuns: runs, seed: 7 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(runs / 100);
}, 600_000);

/** Who answers for an address that is lost all the same is for people to read, and so is who loses a contest. */
function isSame(state: FlowState, { outcome, berth, conflict, reasons }: OracleAnswer): boolean {
  if (state.outcome !== outcome) return false;
  if (outcome === 'delivered') return state.berth === berth;
  if (!reasons.has(String(state.reason))) return false;
  return outcome === 'lost' || [...state.conflict].sort().join() === conflict.join();
}
