import {
  behindOf,
  carriedOut,
  type Fabric,
  hangs,
  lackingAt,
  learnedIn,
  type NodeHealth,
  saysItFollows,
  saysItStandsStill,
  standsStill,
} from '@berth/core';
import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import { followStandstill, type Standstill, stuckFor } from './standstill.ts';

/** What tells who stands still: what agents say, NB and SB. */
type Signs = {
  readonly health: ReadonlyMap<string, NodeHealth>;
  readonly nb: Snapshot<NbTables>;
  readonly sb: Snapshot<SbTables>;
};

/** Who seems to stand still, and what counts of that; `health` says as well of which nodes agents have said for long enough that they hang. */
type Still = {
  readonly standing: ReadonlyMap<string, Standstill>;
  readonly known: Required<Pick<Fabric, 'health' | 'behind' | 'lacking' | 'stuck'>> & Neighbours;
};

type Neighbours = Pick<Fabric, 'learned' | 'learnedBy'>;

/** Who stood still when it was looked last: before the first look nobody. */
export type Stood = {
  readonly standing: ReadonlyMap<string, Standstill>;
  readonly stuck: ReadonlySet<string>;
};

/**
 * Looks who stands still: a chassis that is behind counts once it has been for `stillMs`, one whose ovn-controller has ended at once. An agent says
 * that one hangs after 2 s without an answer, and one that works everything out anew in a large network gives none for as long, nor is one that
 * starts connected: so that has to last as well, but not anew where rows told all the while that nothing was carried out. Whoever is taken for
 * hanging loses its place in the order of gateways, while what it has been given goes on, so that haste gains little.
 */
export function stillNow(
  before: Stood,
  { health, nb, sb }: Signs,
  { nowMs, stillMs }: { readonly nowMs: number; readonly stillMs: number },
): Still {
  const byHost = new Map([...sb.table('Chassis')].map(({ name, hostname }) => [hostname, name]));
  const chassisOf = ({ node, chassis }: NodeHealth): string | undefined => chassis ?? byHost.get(node);
  const named = (is: (health: NodeHealth) => boolean): ReadonlySet<string> =>
    new Set([...health.values()].flatMap((each) => (is(each) ? (chassisOf(each) ?? []) : [])));
  const running = named(saysItFollows);
  const stopped = named(standsStill);
  const all = behindOf(nb, sb);
  const behind = new Map([...all].filter(([name]) => !running.has(name)));
  const isSilent = ({ isFresh }: NodeHealth): boolean => isFresh === false;
  const reported = named((each) => saysItStandsStill(each) && !isSilent(each));
  const lastSaid = named((each) => saysItStandsStill(each) && isSilent(each));
  const told = { behind: all, running, reported, lastSaid, stuck: before.stuck };
  const seen = { ...told, done: carriedOut(sb), learned: learnedIn(sb) };
  const standing = followStandstill(before.standing, seen, nowMs);
  const stuck = stuckFor(standing, stillMs, nowMs);
  const counts = (name: string): boolean => stopped.has(name) || stuck.has(name);
  const counted = new Map([...behind].filter(([name]) => counts(name)));
  const hasHung = (each: NodeHealth): boolean => hangs(each) && stuck.has(chassisOf(each) ?? '');
  return {
    standing,
    known: {
      health: withHanging(health, hasHung),
      behind: counted,
      lacking: lackingAt(nb, sb, health.values(), counted),
      ...knownNeighbours(standing, counts, seen.learned),
      stuck,
    },
  };
}

/** What routers had learned where chassis stand still and what they have; nothing while every one goes along, when nobody goes by it. */
function knownNeighbours(
  standing: ReadonlyMap<string, Standstill>,
  counts: (name: string) => boolean,
  now: ReadonlySet<string> | undefined,
): Neighbours {
  const before = new Map(
    [...standing].flatMap(([name, { learned }]) =>
      learned && counts(name) ? [[name, learned] as const] : [],
    ),
  );
  return now === undefined || before.size === 0 ? {} : { learned: now, learnedBy: before };
}

function withHanging(
  health: ReadonlyMap<string, NodeHealth>,
  hasHung: (health: NodeHealth) => boolean,
): ReadonlyMap<string, NodeHealth> {
  const told = [...health].flatMap(([node, each]) =>
    hasHung(each) ? [[node, { ...each, controllerHangs: true as const }] as const] : [],
  );
  return told.length === 0 ? health : new Map([...health, ...told]);
}
