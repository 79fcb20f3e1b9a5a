import { expect, test } from 'vitest';
import { randomOf, shuffled } from '../tools/drill/random.ts';
import { play } from '../tools/failover/play.ts';
import type { Scenario } from '../tools/failover/scenario.ts';
import { scenarios } from '../tools/failover/scenarios.ts';
import type { Keeper } from '../tools/failover/stage.ts';

/** Another sample each time: BERTH_SEED=$RANDOM. */
const seed = Number(process.env['BERTH_SEED'] ?? 20_261_129);

/** So much of the others is played as begins within this time, and one of them in any case. */
const budgetMs = Number(process.env['BERTH_SAMPLE_SECONDS'] ?? 60) * 1_000;

type Case = { readonly scenario: Scenario; readonly keeper: Keeper };

const all = scenarios.flatMap((scenario): readonly Case[] =>
  (['ovn', 'berth'] as const).flatMap((keeper) => (scenario.expected[keeper] ? [{ scenario, keeper }] : [])),
);

/** What OVN alone leaves dark and a controller does not. */
const first = all.filter(({ scenario }) => scenario === scenarios[0]);

test(`packets fail over as told, in a sample that seed ${seed} draws`, {
  timeout: budgetMs + 900_000,
}, async () => {
  const untilMs = performance.now() + budgetMs;
  const others = shuffled(
    all.filter((each) => !first.includes(each)),
    randomOf(seed),
  );
  const wrong: string[] = [];
  let played = 0;
  for (const { scenario, keeper } of [...first, ...others]) {
    if (played > first.length && performance.now() > untilMs) break;
    const result = await play(scenario, keeper);
    played += 1;
    if (result.wrong.length > 0)
      wrong.push(`${keeper}: ${scenario.name}: ${result.wrong.join('; ')}\n${result.log}`);
  }
  expect(wrong).toEqual([]);
  expect(played).toBeGreaterThan(first.length);
});
