import { randomBytes } from 'node:crypto';
import { parseIp } from '@berth/net';
import type { Lab } from '../lab/lab.ts';
import { podOfNetns } from '../lab/where.ts';
import { Prober } from '../prober/prober.ts';
import type { PingResult } from './outcome.ts';
import { answeredPing } from './ping.ts';

/** A ping that some place is to answer. */
export type SeenPingOptions = {
  readonly from: string;
  readonly to: string;
  /** Whether it is for a place to answer, `outside` or a pod as `ns/name`; absent where anybody's answer counts. */
  readonly isFor?: ((place: string) => boolean) | undefined;
};

/** What became of a ping, and where its requests came to. */
export type SeenPing<Way extends SeenPingOptions> = PingResult & {
  /** What was asked for. */
  readonly way: Way;
  /** Where they came to: `outside`, pods as `ns/name`. A router or a node that answers by itself is none of these. */
  readonly reached: readonly string[];
  /** The sender's address as a place saw it that is to answer; null where nothing came to one. */
  readonly seenAs: string | null;
  /** Answers to requests that came to no place that is to give them. They are not `received`. */
  readonly otherAnswers: number;
};

/**
 * Pings several ways at once, and counts only answers to what came where it should: an address may also be answered for by a router
 * itself, or lead to somebody else. Each request carries a mark of its ping, which no translation changes. Throws as `ping` does.
 */
export async function seenPings<Way extends SeenPingOptions>(
  lab: Lab,
  ways: readonly Way[],
  options: { readonly count: number; readonly intervalMs?: number; readonly signal?: AbortSignal },
): Promise<readonly SeenPing<Way>[]> {
  await using prober = new Prober(lab);
  await prober.listen(['outside', ...lab.podNetnses.map(podOfNetns)]);
  const sent = await Promise.all(
    ways.map(async (way) => {
      const mark = randomBytes(16).toString('hex');
      const { from, to } = way;
      return { way, mark, ...(await answeredPing(lab, { from, to, mark, ...options })) };
    }),
  );
  const arrivals = await prober.arrivals();
  return sent.map(({ way, mark, result, answered }): SeenPing<Way> => {
    const own = arrivals.filter((one) => one.mark === mark);
    const { isFor } = way;
    const there = own.filter(({ at }) => isFor?.(at));
    const came = new Set(there.map(({ sequence }) => sequence));
    const right = isFor === undefined ? answered.size : answered.intersection(came).size;
    const source = there[0]?.source;
    return {
      ...{ ...result, way },
      ...{ received: right, lost: result.sent - right, otherAnswers: answered.size - right },
      reached: [...new Set(own.map(({ at }) => at))].toSorted(),
      seenAs: source === undefined ? null : (parseIp(source) ?? source),
    };
  });
}
