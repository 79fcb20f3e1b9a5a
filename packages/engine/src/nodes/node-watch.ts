import type { NodeOrder } from '@berth/api';
import {
  behindOf,
  type Checks,
  carriedOut,
  checkKey,
  type Fabric,
  type Finding,
  hangs,
  lackingAt,
  lingeringIn,
  lingerKey,
  type NodeHealth,
  nodeHealthOf,
  saysItFollows,
  standsStill,
} from '@berth/core';
import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot, Uuid } from '@berth/ovsdb/value';
import type { NodeBoard } from '@berth/source';
import { sameContents } from '../pass/remembering.ts';
import { type Heard, isFresh, listen } from './heartbeats.ts';
import { followClaims, type HeldClaim, nextHoldMs } from './held-claims.ts';
import { followReturns, silenceOf } from './homecoming.ts';
import { followLingering, newerThan } from './lingering-since.ts';
import { followStandstill, type Standstill, stuckFor } from './standstill.ts';
import { lagOf, progressOf, type Suspect, suspectsOf, vanishedOf } from './suspect.ts';

/** How long things must stand before they count, in ms. */
export type WatchTimes = {
  /** Without a sign of life from its agent a node counts as silent. */
  readonly silentMs: number;
  /** A gateway's claim counts for the order of gateways. */
  readonly holdMs: number;
  /** A chassis that nobody sees and that carries nothing out counts as dead. */
  readonly lagMs: number;
  /** An address is used though nobody told whether it is free. */
  readonly checkMs: number;
  /** A chassis that does not go along with NB counts as standing still, and an address that was taken from it as living on there. */
  readonly stillMs: number;
};

export const defaultWatchTimes: WatchTimes = {
  silentMs: 2_500,
  holdMs: 3_000,
  lagMs: 1_000,
  checkMs: 3_000,
  stillMs: 3_000,
};

/** What is known of nodes beside NB and SB. */
export type Observation = {
  readonly fabric: Required<
    Pick<
      Fabric,
      | 'health'
      | 'heldClaims'
      | 'settledClaims'
      | 'deadChassis'
      | 'returned'
      | 'behind'
      | 'lacking'
      | 'stuck'
      | 'freshLingers'
    >
  >;
  /** Chassis rows of dead nodes that are in SB still. */
  readonly deadRows: readonly Suspect[];
  /** Whether chassis must be asked for a sign of life (NB_Global `nb_cfg`) before more can be told. */
  readonly mustAsk: boolean;
};

/**
 * What time tells about nodes: who has gone silent, which claims have held, who is dead. It only remembers since when things are as
 * they are; a new one knows nothing and comes to the same after the same times, and at once of the dead whose rows SB has no more.
 */
export class NodeWatch {
  readonly #board: NodeBoard;
  readonly #nowMs: () => number;
  readonly #times: WatchTimes;
  #heard: ReadonlyMap<string, Heard> | undefined;
  #claims: ReadonlyMap<string, HeldClaim> = new Map();
  /** Since when a suspect lags, by Chassis row. */
  #lagging: ReadonlyMap<Uuid, number> = new Map();
  /** Since when a chassis is gone from SB with its agent silent, by its name: a report that is late is no death, least of all of one that is just back. */
  #vanishing: ReadonlyMap<string, number> = new Map();
  /** The Chassis row that a chassis died with, by its name; undefined where that was gone before we knew of it. */
  #dead: ReadonlyMap<string, Uuid | undefined> = new Map();
  /** Those that have made themselves another row since, and are not heard of yet. */
  #returned: ReadonlySet<string> = new Set();
  /** Since when chassis are back from the dead, by name. */
  #back: ReadonlyMap<string, number> = new Map();
  #health: ReadonlyMap<string, NodeHealth> = new Map();
  /** Chassis that seem to stand still, by name, and those of them that have for long enough, as it was looked last. */
  #standing: ReadonlyMap<string, Standstill> = new Map();
  #stuck: ReadonlySet<string> = new Set();
  /** Since when an address lives on at a chassis that stands still and is not kept from answering, by `lingerKey`, and which were too new when it was looked last. */
  #lingering: ReadonlyMap<string, number> | undefined;
  #freshLingers: ReadonlySet<string> = new Set();
  /** Since when agents are asked for an address, by `checkKey`. */
  #asked: ReadonlyMap<string, number> = new Map();
  /** Those of them that were waited for long enough when it was looked last. */
  #overdue: ReadonlySet<string> = new Set();

  /** `nowMs` is a clock that never goes back. */
  constructor(board: NodeBoard, nowMs: () => number, times: WatchTimes = defaultWatchTimes) {
    this.#board = board;
    this.#nowMs = nowMs;
    this.#times = times;
  }

  /** Reads the reports. True if they say something new: that an agent lives goes without saying. */
  async read(): Promise<boolean> {
    this.#heard = listen(this.#heard, await this.#board.reports(), this.#nowMs());
    const before = this.#health;
    this.#health = this.#healthNow();
    return !sameContents(before, this.#health);
  }

  /** Whether the time has come for something to count that did not so far. */
  isDue(): boolean {
    const now = this.#nowMs();
    const hold = nextHoldMs(this.#claims, this.#times.holdMs);
    const hasHeld = hold !== undefined && hold <= now;
    const hasLagged = [...this.#lagging.values(), ...this.#vanishing.values()].some((since) =>
      this.#hasLagged(since, now),
    );
    const isOverdue = this.#overdueAt(now).some((key) => !this.#overdue.has(key));
    const isStuck = stuckFor(this.#standing, this.#times.stillMs, now).size > this.#stuck.size;
    const isTold = this.#newLingers(now).size < this.#freshLingers.size;
    const hasCome = hasHeld || hasLagged || isOverdue || isStuck || isTold;
    return hasCome || !sameContents(this.#healthNow(), this.#health);
  }

  /** What is known now. `fabric` is what NB and SB tell. */
  observe(fabric: Fabric, nb: Snapshot<NbTables>, sb: Snapshot<SbTables>): Observation {
    const now = this.#nowMs();
    this.#health = this.#healthNow();
    this.#overdue = new Set(this.#overdueAt(now));
    const gateways = new Map([...fabric.claims].filter(([port]) => port.startsWith('cr-')));
    this.#claims = followClaims(this.#claims, gateways, now, this.#times.holdMs);
    const progress = progressOf(nb, sb);
    const suspects = suspectsOf(this.#health, sb);
    const lags = suspects.map((suspect) => ({ suspect, lag: lagOf(suspect.name, progress) }));
    const lagging = lags
      .filter(({ lag }) => lag === 'lags')
      .map(({ suspect }) => ({ suspect, since: this.#lagging.get(suspect.row) ?? now }));
    const died = lagging.filter(({ since }) => this.#hasLagged(since, now)).map(({ suspect }) => suspect);
    this.#lagging = new Map(
      lagging
        .filter(({ since }) => !this.#hasLagged(since, now))
        .map(({ suspect, since }) => [suspect.row, since]),
    );
    this.#follow(sb, died, now);
    const still = this.#standstill(nb, sb, now);
    const known = {
      health: this.#withHanging(sb),
      heldClaims: new Map([...this.#claims].flatMap(([port, { held }]) => (held ? [[port, held]] : []))),
      settledClaims: new Set([...this.#claims].flatMap(([port, { isSettled }]) => (isSettled ? [port] : []))),
      deadChassis: new Set(this.#dead.keys()),
      returned: this.#returned,
      ...still,
    };
    const lingering = lingeringIn({ ...fabric, ...known });
    this.#lingering = followLingering(this.#lingering, lingering.map(lingerKey), now);
    this.#freshLingers = this.#newLingers(now);
    return {
      fabric: { ...known, freshLingers: this.#freshLingers },
      deadRows: died,
      mustAsk: lags.some(({ lag }) => lag === 'ask'),
    };
  }

  /** Who stands still: a chassis that is behind counts once it has been for long enough, one whose agent says so at once. */
  #standstill(
    nb: Snapshot<NbTables>,
    sb: Snapshot<SbTables>,
    now: number,
  ): Required<Pick<Fabric, 'behind' | 'lacking' | 'stuck'>> {
    const chassisOf = chassisByHost(sb);
    const named = (is: (health: NodeHealth) => boolean): ReadonlySet<string> =>
      new Set(
        [...this.#health.values()].flatMap((health) =>
          is(health) ? (health.chassis ?? chassisOf.get(health.node) ?? []) : [],
        ),
      );
    const running = named(saysItFollows);
    const reported = named((health) => health.isFresh !== false && standsStill(health));
    const behind = new Map([...behindOf(nb, sb)].filter(([name]) => !running.has(name)));
    const hanging = named(hangs);
    const standing = { behind, reported: new Set([...reported, ...hanging]), done: carriedOut(sb) };
    this.#standing = followStandstill(this.#standing, standing, now);
    this.#stuck = stuckFor(this.#standing, this.#times.stillMs, now);
    const counted = new Map([...behind].filter(([name]) => reported.has(name) || this.#stuck.has(name)));
    return {
      behind: counted,
      lacking: lackingAt(nb, sb, this.#health.values(), counted),
      stuck: this.#stuck,
    };
  }

  /** What agents say, and of which nodes they have said for long enough that ovn-controller does not follow. */
  #withHanging(sb: Snapshot<SbTables>): ReadonlyMap<string, NodeHealth> {
    const chassisOf = chassisByHost(sb);
    const long = [...this.#health].filter(([node, health]) => {
      const chassis = health.chassis ?? chassisOf.get(node);
      return hangs(health) && chassis !== undefined && this.#stuck.has(chassis);
    });
    if (long.length === 0) return this.#health;
    const told = long.map(([node, health]) => [node, { ...health, controllerHangs: true as const }] as const);
    return new Map([...this.#health, ...told]);
  }

  #newLingers(now: number): ReadonlySet<string> {
    return newerThan(this.#lingering ?? new Map(), this.#times.stillMs, now);
  }

  #overdueAt(now: number): readonly string[] {
    return [...this.#asked].flatMap(([key, since]) => (now - since >= this.#times.checkMs ? [key] : []));
  }

  /** Whether an address was waited for long enough. */
  isOverdue(key: string): boolean {
    return this.#overdue.has(key);
  }

  /** Takes note of the addresses that agents are asked for from now on. */
  follow(checks: Checks): void {
    const now = this.#nowMs();
    const keys = new Set([...checks.values()].flatMap((list) => list.map(checkKey)));
    this.#asked = new Map([...keys].map((key) => [key, this.#asked.get(key) ?? now]));
  }

  /** What keeps reports or orders from passing, as far as it is for the user to mend. */
  findings(): readonly Finding[] {
    return this.#board.findings();
  }

  /** Leaves the orders for their nodes. */
  order(orders: readonly NodeOrder[]): Promise<void> {
    return this.#board.order(orders);
  }

  /** Calls back after a report may have changed. */
  watch(onChange: () => void): Disposable {
    return this.#board.watch(onChange);
  }

  #healthNow(): ReadonlyMap<string, NodeHealth> {
    const now = this.#nowMs();
    return new Map(
      [...(this.#heard ?? [])].map(([node, heard]) => [
        node,
        nodeHealthOf(heard.report, isFresh(heard, now, this.#silenceOf(heard, now))),
      ]),
    );
  }

  #silenceOf({ report: { status } }: Heard, nowMs: number): number {
    const { silentMs, lagMs } = this.#times;
    return silenceOf(this.#back.get(status.chassis ?? ''), { silentMs, moreMs: lagMs, nowMs });
  }

  /** A chassis lives again when its node is heard of, or when it made itself a new row. */
  #follow(sb: Snapshot<SbTables>, died: readonly Suspect[], now: number): void {
    const rows = new Map([...sb.table('Chassis')].map(({ name, _uuid }) => [name, _uuid]));
    const found = [...(this.#heard ?? [])].flatMap(([node, { isFound }]) => (isFound ? [node] : []));
    const vanished = this.#vanished(vanishedOf(this.#health, new Set(found), sb), found, now);
    const heard = new Set(
      [...this.#health.values()].flatMap(({ chassis, isFresh: fresh }) =>
        fresh && chassis && !vanished.has(chassis) ? [chassis] : [],
      ),
    );
    const dead = new Map<string, Uuid | undefined>([
      ...[...vanished].map((name) => [name, undefined] as const),
      ...this.#dead,
      ...died.map(({ name, row }) => [name, row] as const),
    ]);
    const silent = [...dead].filter(([name]) => !heard.has(name));
    const isNew = ([name, row]: readonly [string, Uuid | undefined]): boolean =>
      rows.get(name) !== undefined && rows.get(name) !== row;
    const wereOut = [...this.#dead.keys(), ...this.#returned];
    this.#dead = new Map(silent.filter((each) => !isNew(each)));
    this.#back = followReturns({ back: this.#back, wereOut, dead: this.#dead, heard }, now);
    const back = [...this.#returned, ...silent.filter(isNew).map(([name]) => name)];
    this.#returned = new Set(
      back.filter((name) => !heard.has(name) && rows.has(name) && !this.#dead.has(name)),
    );
  }

  /** Of those that have vanished the ones that count: at once where they are dead already or were found so, else once it has lasted. */
  #vanished(names: readonly string[], found: readonly string[], now: number): ReadonlySet<string> {
    const wasFound = new Set(found.flatMap((node) => this.#health.get(node)?.chassis ?? []));
    const isKnown = (name: string): boolean => this.#dead.has(name) || wasFound.has(name);
    const since = names
      .filter((name) => !isKnown(name))
      .map((name) => [name, this.#vanishing.get(name) ?? now] as const);
    this.#vanishing = new Map(since.filter(([, each]) => !this.#hasLagged(each, now)));
    return new Set([
      ...names.filter(isKnown),
      ...since.filter(([, each]) => this.#hasLagged(each, now)).map(([name]) => name),
    ]);
  }

  #hasLagged(since: number, now: number): boolean {
    return now - since >= this.#times.lagMs;
  }
}

function chassisByHost(sb: Snapshot<SbTables>): ReadonlyMap<string, string> {
  return new Map([...sb.table('Chassis')].map(({ name, hostname }) => [hostname, name]));
}
