import { expect, it } from 'vitest';
import { fieldFabric, fieldStory, fieldStoryWith } from '../testing/field-story.ts';
import { carryOut, desiredRows, emptyNb, planNb } from '../testing/program.ts';
import { operations } from './operations.ts';

it('x', () => {
  const d = desiredRows(fieldStory, fieldFabric);
  const p = planNb(d, emptyNb);
  const nb = carryOut(p, emptyNb);
  expect(planNb(d, nb).changes).toEqual([]);
  console.dir(operations(p.changes), { depth: 6 });
  const p2 = planNb([], nb);
  console.dir(operations(p2.changes), { depth: 6 });
  carryOut(p2, nb);
});
