import type { Change, Finding, Plan } from '@berth/core';
import type { Moves } from '../context/session.ts';
import type { ChangeAnswer, PlanAnswer } from '../schema/plan.ts';
import { answer } from './answer.ts';
import { valueJson } from './value.ts';

/** A plan as `-o json` gives it, with why apply would have to be told to take the place of another. */
export function planAnswer(
  { changes, summary }: Plan,
  findings: readonly Finding[],
  { moves, stops }: Moves = { moves: [], stops: [] },
): PlanAnswer {
  const told = { moves: [...moves], stops: [...stops] };
  return answer('Plan', findings, { changes: changes.map(changeAnswer), summary, ...told });
}

/** A change as `-o json` gives it. */
export function changeAnswer(change: Change): ChangeAnswer {
  const { verb, db, table, uuid, key, cause = null, origins, columns, interrupts } = change;
  return {
    verb,
    db,
    table,
    uuid,
    key,
    cause,
    origins,
    columns: Object.fromEntries(
      Object.entries(columns)
        .toSorted(([left], [right]) => (left < right ? -1 : 1))
        .map(([name, { old, new: wanted }]) => [name, { old: valueJson(old), new: valueJson(wanted) }]),
    ),
    interrupts: interrupts && {
      flows: interrupts.flows.map(({ object, externalIp = null, effect }) => ({
        object,
        externalIp,
        effect,
      })),
    },
  };
}
