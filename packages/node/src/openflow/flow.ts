import { fnv1a64 } from '@berth/net';
import type { Flow, FlowSeen } from './message.ts';

/** The upper half of the cookies of our flows: `brth`. */
const tag = 0x62727468n;

/** Selects our flows by their cookie. */
export const ours = { cookie: tag << 32n, mask: 0xffffffff00000000n } as const;

/** A flow whose cookie says that it is ours, and which one: equal flows have equal cookies, so none is compared otherwise. */
export function flowOf(parts: Omit<Flow, 'cookie'>): Flow {
  const { priority, outputs, match, hardTimeoutSec = 0 } = parts;
  const identity = JSON.stringify([priority, outputs, Object.entries(match).sort(), hardTimeoutSec]);
  return { ...parts, cookie: (tag << 32n) | BigInt.asUintN(32, fnv1a64(identity)) };
}

/** What makes the flows of a bridge that are ours be the wanted ones, and keeps those that would time out. */
export function flowChanges(
  wanted: readonly Flow[],
  seen: readonly FlowSeen[],
): { readonly added: readonly Flow[]; readonly removed: readonly bigint[] } {
  const ages = new Map(seen.map(({ cookie, durationSec }) => [cookie, durationSec]));
  const kept = new Set(wanted.map(({ cookie }) => cookie));
  return {
    added: wanted.filter(({ cookie, hardTimeoutSec = Number.POSITIVE_INFINITY }) => {
      const age = ages.get(cookie);
      return age === undefined || age >= hardTimeoutSec / 3;
    }),
    removed: [...ages.keys()].filter((cookie) => !kept.has(cookie)),
  };
}
