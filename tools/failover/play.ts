import { differences, type Scenario } from './scenario.ts';
import { type Keeper, type Seen, Stage } from './stage.ts';

/** A scenario as it was played. */
export type Played = { readonly seen: Seen; readonly wrong: readonly string[]; readonly log: string };

/** Plays a scenario on a lab of its own. Throws when the stage does not come to rest, or what is to hold then does not. */
export async function play(
  { network, prepare, happens, forMs, only, expected, afterwards }: Scenario,
  keeper: Keeper,
): Promise<Played> {
  await using stage = await Stage.open(network, keeper);
  await prepare?.(stage);
  const wanted = expected[keeper];
  const seen = await stage.watch(() => happens(stage), forMs, { isPlanned: wanted?.isPlanned ?? false });
  const wrong = wanted ? differences(seen, wanted, only) : [];
  if (wrong.length === 0) await afterwards?.(stage, seen);
  return { seen, wrong, log: stage.log };
}
