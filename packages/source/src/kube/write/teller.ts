import { isDeepStrictEqual } from 'node:util';
import { refKey } from '@berth/api';
import type { Notice } from '@berth/core';

/** How long an event is enough; an API server keeps one for an hour by default (kube-apiserver `--event-ttl`). */
const retellMs = 45 * 60_000;

/** Remembers what was told, so that each thing is told once for as long as it is so, and again before its event expires. */
export class Teller {
  readonly #clock: () => number;
  #told = new Map<string, { readonly notice: Notice; readonly atMs: number }>();

  /** `clock` gives milliseconds that only ever grow. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Of all that is to be told now, what is to be told anew. */
  take(notices: readonly Notice[]): readonly Notice[] {
    const nowMs = this.#clock();
    const before = this.#told;
    this.#told = new Map();
    return notices.filter((notice) => {
      const key = `${refKey(notice.object)} ${notice.reason} ${notice.message}`;
      const last = before.get(key) ?? this.#told.get(key);
      const isFresh = last && isDeepStrictEqual(last.notice, notice) && nowMs - last.atMs < retellMs;
      this.#told.set(key, isFresh ? last : { notice, atMs: nowMs });
      return !isFresh;
    });
  }
}
