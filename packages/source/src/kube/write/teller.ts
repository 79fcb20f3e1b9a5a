import { type ResourceRef, refKey } from '@berth/api';
import { isToldByReason, type Notice } from '@berth/core';
import { shortened } from './event.ts';

/** How long an event is enough; an API server keeps one for an hour by default (kube-apiserver `--event-ttl`). */
const retellMs = 45 * 60_000;

/** The reason of the event that takes a Warning back. */
const solvedReason = 'Solved';

/** What an event of ours said, and how long ago. */
export type ToldBefore = { readonly notice: Notice; readonly uid: string; readonly ageMs: number };

type Told = { readonly notice: Notice; readonly uid: string; readonly atMs: number };

/** What is known of an object as it was listed: its `uid`, and whether it is on its way out; undefined where it is not there. */
export type Present = { readonly uid: string; readonly isLeaving: boolean } | undefined;

type PresentOf = (object: ResourceRef) => Present;

/**
 * Remembers what was told, so that each thing is told once for as long as it is so, again before its event expires, and taken back
 * once when it is over. It is told of the very object: one that is made anew under the name hears it anew.
 */
export class Teller {
  readonly #clock: () => number;
  #told = new Map<string, Told>();
  #passing: ReadonlySet<string> = new Set();

  /** `clock` gives milliseconds that only ever grow. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Takes over what a controller before us told: events of any order, those that take others back among them. */
  remember(events: readonly ToldBefore[]): void {
    const nowMs = this.#clock();
    const things = new Map<string, string>();
    for (const { notice, uid, ageMs } of events.toSorted((left, right) => right.ageMs - left.ageMs)) {
      const atMs = nowMs - ageMs;
      if (notice.type === 'Warning') {
        const [told, key] = [{ notice, uid, atMs }, keyOf(notice, uid)];
        const thing = thingOf(told);
        // What was told later of the same rows takes the place of what was told before.
        if (thing !== undefined) {
          this.#told.delete(things.get(thing) ?? '');
          things.set(thing, key);
        }
        this.#told.set(key, told);
      } else if (notice.reason === solvedReason) this.#takeBack(notice, uid);
    }
  }

  /** Of all that is so now what is to be told anew, with what is not so any more and of objects that are there; and what happens once. */
  take(standing: readonly Notice[], passing: readonly Notice[], presentOf: PresentOf): readonly Notice[] {
    const nowMs = this.#clock();
    const before = this.#told;
    this.#told = new Map();
    const fresh = standing.filter((notice) => {
      const { uid = '' } = presentOf(notice.object) ?? {};
      const key = keyOf(notice, uid);
      const last = before.get(key) ?? this.#told.get(key);
      const isTold = last !== undefined && nowMs - last.atMs < retellMs;
      this.#told.set(key, isTold ? last : { notice, uid, atMs: nowMs });
      return !isTold;
    });
    const events = passing.filter((notice) => !this.#passing.has(keyOf(notice, '')));
    this.#passing = new Set(passing.map((notice) => keyOf(notice, '')));
    return [...fresh, ...events, ...this.#solved(before, presentOf)];
  }

  /** Takes back what was told before and is not so any more, in other words either: once per object and reason where nothing of that reason is left, else each by what it said. */
  #solved(before: ReadonlyMap<string, Told>, presentOf: PresentOf): readonly Notice[] {
    const left = new Set([...this.#told.values()].map(aboutOf));
    const fresh = [...this.#told].filter(([key]) => !before.has(key)).map(([, told]) => told);
    const reworded = new Set(fresh.flatMap((told) => thingOf(told) ?? []));
    const over = new Map<string, Notice>();
    for (const [key, told] of before) {
      const { object, reason } = told.notice;
      const present = presentOf(object);
      if (this.#told.has(key) || present?.uid !== told.uid || present.isLeaving) continue;
      const thing = thingOf(told);
      if (thing !== undefined && reworded.has(thing)) continue;
      const isPart = left.has(aboutOf(told));
      const message = isPart ? solvedPart(told.notice) : `${reason}: it is solved`;
      over.set(isPart ? key : aboutOf(told), { object, type: 'Normal', reason: solvedReason, message });
    }
    return [...over.values()];
  }

  #takeBack({ object, message }: Notice, uid: string): void {
    const [reason = ''] = message.split(':', 1);
    const isAll = message === `${reason}: it is solved`;
    for (const [key, told] of this.#told) {
      const isMeant = isAll || shortened(solvedPart(told.notice)) === message;
      if (isMeant && aboutOf(told) === about(object, uid, reason)) this.#told.delete(key);
    }
  }
}

/** That one thing of several of a reason is over. */
function solvedPart({ reason, message }: Notice): string {
  return `${reason}: it is solved: ${message}`;
}

function keyOf({ object, reason, message }: Notice, uid: string): string {
  const thing = about(object, uid, reason);
  return isToldByReason(reason) ? thing : `${thing} ${shortened(message)}`;
}

/** What is the same where only the words change; undefined where nothing but the words tells. */
function thingOf(told: Told): string | undefined {
  const { about: rows } = told.notice;
  return rows === undefined ? undefined : `${aboutOf(told)} ${rows}`;
}

function aboutOf({ notice: { object, reason }, uid }: Told): string {
  return about(object, uid, reason);
}

function about(object: ResourceRef, uid: string, reason: string): string {
  return `${refKey(object)} ${uid} ${reason}`;
}
