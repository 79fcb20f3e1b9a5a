import type { NodeHealth } from '@berth/core';
import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot, Uuid } from '@berth/ovsdb/value';
import { followReturns } from './homecoming.ts';
import { lagOf, progressOf, type Suspect, suspectsOf, vanishedOf } from './suspect.ts';

/** Who is dead, and who is on the way there or back, as it was looked last. */
export type Lives = {
  /** Since when a suspect lags, by Chassis row. */
  readonly lagging: ReadonlyMap<Uuid, number>;
  /** Since when a chassis is gone from SB with its agent silent, by its name: a report that is late is no death, least of all of one that is just back. */
  readonly vanishing: ReadonlyMap<string, number>;
  /** The Chassis row that a chassis died with, by its name; undefined where that was gone before we knew of it. */
  readonly dead: ReadonlyMap<string, Uuid | undefined>;
  /** Those that have made themselves another row since, and are not heard of yet. */
  readonly returned: ReadonlySet<string>;
  /** Since when chassis are back from the dead, by name. */
  readonly back: ReadonlyMap<string, number>;
};

/** Before the first look. */
export const nothingKnown: Lives = {
  lagging: new Map(),
  vanishing: new Map(),
  dead: new Map(),
  returned: new Set(),
  back: new Map(),
};

/** What tells who lives: what agents say, the nodes whose reports were `found` when we began to listen, NB and SB. */
type Signs = {
  readonly health: ReadonlyMap<string, NodeHealth>;
  readonly found: ReadonlySet<string>;
  readonly nb: Snapshot<NbTables>;
  readonly sb: Snapshot<SbTables>;
};

/** A clock that never goes back, and after how long on it one that lags or has vanished counts as dead. */
type Lasting = { readonly nowMs: number; readonly lagMs: number };

/** The lives of now; those who have just died with a Chassis row in SB; whether chassis must be asked for a sign of life to tell more. */
type Look = { readonly lives: Lives; readonly died: readonly Suspect[]; readonly mustAsk: boolean };

/** Looks who lives, given what was known before. A chassis lives again when its node is heard of, or when it made itself a new row. */
export function followLives(before: Lives, { health, found, nb, sb }: Signs, lasting: Lasting): Look {
  const { nowMs } = lasting;
  const progress = progressOf(nb, sb);
  const lags = suspectsOf(health, nb, sb).map((suspect) => ({ suspect, lag: lagOf(suspect.name, progress) }));
  const slow = lags.flatMap(({ suspect, lag }) =>
    lag === 'lags' ? [{ suspect, sinceMs: before.lagging.get(suspect.row) ?? nowMs }] : [],
  );
  const died = slow.filter(({ sinceMs }) => hasLasted(sinceMs, lasting)).map(({ suspect }) => suspect);
  const lagging = new Map(slow.map(({ suspect, sinceMs }) => [suspect.row, sinceMs]));
  const { vanished, vanishing } = vanishedNow(before, { health, found, sb }, lasting);
  const rows = new Map([...sb.table('Chassis')].map(({ name, _uuid }) => [name, _uuid]));
  const heard = new Set(
    [...health.values()].flatMap(({ chassis, isFresh }) =>
      isFresh && chassis && !vanished.has(chassis) ? [chassis] : [],
    ),
  );
  const gone = new Map<string, Uuid | undefined>([
    ...[...vanished].map((name) => [name, undefined] as const),
    ...before.dead,
    ...died.map(({ name, row }) => [name, row] as const),
  ]);
  const silent = [...gone].filter(([name]) => !heard.has(name));
  const isNew = ([name, row]: readonly [string, Uuid | undefined]): boolean =>
    rows.get(name) !== undefined && rows.get(name) !== row;
  const dead = new Map(silent.filter((each) => !isNew(each)));
  const wereOut = [...before.dead.keys(), ...before.returned];
  const back = followReturns({ back: before.back, wereOut, dead, heard }, nowMs);
  const returned = [...before.returned, ...silent.filter(isNew).map(([name]) => name)].filter(
    (name) => !heard.has(name) && rows.has(name) && !dead.has(name),
  );
  return {
    lives: { lagging: pending(lagging, lasting), vanishing, dead, returned: new Set(returned), back },
    died,
    mustAsk: lags.some(({ lag }) => lag === 'ask'),
  };
}

/** Whether somebody counts as dead by now who did not when it was looked last. */
export function hasSomebodyDied({ lagging, vanishing }: Lives, lasting: Lasting): boolean {
  return [...lagging.values(), ...vanishing.values()].some((sinceMs) => hasLasted(sinceMs, lasting));
}

/** Of those that have vanished the ones that count: at once where they are dead already or were found so, else once it has lasted. */
function vanishedNow(
  { dead, vanishing }: Lives,
  { health, found, sb }: Omit<Signs, 'nb'>,
  lasting: Lasting,
): { readonly vanished: ReadonlySet<string>; readonly vanishing: ReadonlyMap<string, number> } {
  const names = vanishedOf(health, found, sb);
  const wasFound = new Set([...found].flatMap((node) => health.get(node)?.chassis ?? []));
  const isKnown = (name: string): boolean => dead.has(name) || wasFound.has(name);
  const since = new Map(
    names
      .filter((name) => !isKnown(name))
      .map((name) => [name, vanishing.get(name) ?? lasting.nowMs] as const),
  );
  const waiting = pending(since, lasting);
  return { vanished: new Set(names.filter((name) => !waiting.has(name))), vanishing: waiting };
}

/** Those of which it does not count yet. */
function pending<K>(since: ReadonlyMap<K, number>, lasting: Lasting): ReadonlyMap<K, number> {
  return new Map([...since].filter(([, sinceMs]) => !hasLasted(sinceMs, lasting)));
}

function hasLasted(sinceMs: number, { nowMs, lagMs }: Lasting): boolean {
  return nowMs - sinceMs >= lagMs;
}
