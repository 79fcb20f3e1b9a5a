import type { NodeOrder } from '@berth/api';
import {
  type Checks,
  checkKey,
  type Fabric,
  type Finding,
  lingeringIn,
  lingerKey,
  type NodeHealth,
  nodeHealthOf,
} from '@berth/core';
import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import type { NodeBoard } from '@berth/source';
import { sameContents } from '../pass/remembering.ts';
import { type Heard, isFresh, listen } from './heartbeats.ts';
import { followClaims, type HeldClaim, nextHoldMs } from './held-claims.ts';
import { silenceOf } from './homecoming.ts';
import { doubtedOf, followLastWords, inForce, type LastWord, mustAskOf } from './last-words.ts';
import { followLingering, newerThan } from './lingering-since.ts';
import { followLives, hasSomebodyDied, type Lives, nothingKnown } from './lives.ts';
import { stuckFor } from './standstill.ts';
import { type Stood, stillNow } from './still-now.ts';
import type { Suspect } from './suspect.ts';

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
      | 'doubted'
      | 'freshLingers'
    >
  > &
    Pick<Fabric, 'learned' | 'learnedBy'>;
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
  #lives: Lives = nothingKnown;
  #health: ReadonlyMap<string, NodeHealth> = new Map();
  /** What agents said last of ovn-controller, by node. */
  #words: ReadonlyMap<string, LastWord> = new Map();
  /** Chassis that seem to stand still, by name, and those of them that have for long enough, as it was looked last. */
  #stood: Stood = { standing: new Map(), stuck: new Set() };
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
    const hasDied = hasSomebodyDied(this.#lives, { nowMs: now, lagMs: this.#times.lagMs });
    const isOverdue = this.#overdueAt(now).some((key) => !this.#overdue.has(key));
    const isStuck = stuckFor(this.#stood.standing, this.#times.stillMs, now).size > this.#stood.stuck.size;
    const isTold = this.#newLingers(now).size < this.#freshLingers.size;
    const hasCome = hasHeld || hasDied || isOverdue || isStuck || isTold;
    return hasCome || !sameContents(this.#healthNow(), this.#health);
  }

  /** What is known now. `fabric` is what NB and SB tell. */
  observe(fabric: Fabric, nb: Snapshot<NbTables>, sb: Snapshot<SbTables>): Observation {
    const nowMs = this.#nowMs();
    this.#health = this.#healthNow();
    this.#overdue = new Set(this.#overdueAt(nowMs));
    const gateways = new Map([...fabric.claims].filter(([port]) => port.startsWith('cr-')));
    this.#claims = followClaims(this.#claims, gateways, nowMs, this.#times.holdMs);
    const found = [...(this.#heard ?? [])].flatMap(([node, { isFound }]) => (isFound ? [node] : []));
    const signs = { health: this.#health, found: new Set(found), nb, sb };
    const { lives, died, mustAsk } = followLives(this.#lives, signs, { nowMs, lagMs: this.#times.lagMs });
    this.#lives = lives;
    this.#words = followLastWords(this.#words, { health: this.#health, dead: lives.dead, sb });
    const health = inForce(this.#health, this.#words);
    const still = stillNow(this.#stood, { health, nb, sb }, { nowMs, stillMs: this.#times.stillMs });
    this.#stood = { standing: still.standing, stuck: still.known.stuck };
    const known = {
      ...still.known,
      heldClaims: new Map([...this.#claims].flatMap(([port, { held }]) => (held ? [[port, held]] : []))),
      settledClaims: new Set([...this.#claims].flatMap(([port, { isSettled }]) => (isSettled ? [port] : []))),
      deadChassis: new Set(lives.dead.keys()),
      returned: lives.returned,
      doubted: doubtedOf(health, this.#words, nb),
    };
    const lingering = lingeringIn({ ...fabric, ...known });
    this.#lingering = followLingering(this.#lingering, lingering.map(lingerKey), nowMs);
    this.#freshLingers = this.#newLingers(nowMs);
    return {
      fabric: { ...known, freshLingers: this.#freshLingers },
      deadRows: died,
      mustAsk: mustAsk || mustAskOf(health, { ...fabric, ...known }, nb, sb),
    };
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
    return silenceOf(this.#lives.back.get(status.chassis ?? ''), { silentMs, moreMs: lagMs, nowMs });
  }
}
