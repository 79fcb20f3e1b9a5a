import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatFailures } from '../fabric/failure.ts';
import { fabricOf } from '../fabric/read.ts';
import { oracleOf } from '../testing/oracle/oracle.ts';
import { askedOf } from '../testing/oracle/questions.ts';
import { ovnWorld } from '../testing/ovn-world.ts';
import { anyFailures, anyOvnWorld } from '../testing/ovn-world-random.ts';
import { analyse } from './analyse.ts';

const anyCase = anyOvnWorld.chain((world) =>
  fc.record({ world: fc.constant(world), failures: anyFailures(world) }),
);

test('the analyser and the oracle say the same of any network under any failures', () => {
  const runs = Number(process.env['RUNS'] ?? 2000);
  fc.assert(
    fc.property(anyCase, ({ world, failures }) => {
      const { nb, sb } = ovnWorld(world);
      const asked = askedOf(nb, sb);
      const answer = oracleOf(nb, sb)(failures);
      const { verdicts } = analyse({
        fabric: fabricOf(nb, sb),
        flows: asked.map(({ flow }) => flow),
        failures,
      });
      asked.forEach(({ question, flow }, at) => {
        const after = verdicts[at]?.after;
        const { reasons, ...wanted } = answer(question);
        const berth = wanted.outcome === 'delivered' ? after?.berth : wanted.berth;
        const conflict = wanted.outcome === 'unknown' ? [...(after?.conflict ?? [])].sort() : [];
        const about = `${flow.externalIp} ${flow.direction} ${flow.placement} of ${flow.logicalPort} under ${formatFailures(failures)}: ${after?.reason} is none of ${[...reasons].join(', ')}`;
        expect({ about, outcome: after?.outcome, berth, conflict }).toEqual({ about, ...wanted });
        expect(reasons.size === 0 ? after?.reason : reasons.has(String(after?.reason)), about).toBe(
          reasons.size === 0 ? undefined : true,
        );
      });
    }),
    { numRuns: runs, seed: 7 },
  );
});
