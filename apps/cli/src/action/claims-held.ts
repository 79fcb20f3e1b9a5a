import { claimsOf, gatewayClaim, gatewaysOf } from '@berth/core';
import { defaultWatchTimes, followClaims, type HeldClaim, nextHoldMs, type Ovn } from '@berth/engine';
import { nextChange } from './next-change.ts';

/** As a controller has it. */
const { holdMs } = defaultWatchTimes;

/** Longer than gateways that come back need for tunnel BFD, plus the time a claim is to hold after that. */
const patienceMs = 10_000;

/** What is read of an OVN that is followed. */
type Followed = {
  readonly northbound: Pick<Ovn['northbound'], 'snapshot'>;
  readonly southbound: Pick<Ovn['southbound'], 'snapshot' | 'subscribe'>;
};

/**
 * Waits until the order of gateways may follow who claims their ports: a claim of another than the most preferred member may be one in
 * passing, as just after gateways came back, when each claims the port until tunnel BFD is up; the order follows it only once it has
 * held. Resolves at once where every port is claimed by the member that NB prefers, or by nobody, and anyway when patience ends or the
 * signal is aborted.
 */
export async function untilClaimsHold(
  { northbound, southbound }: Followed,
  signal: AbortSignal,
): Promise<void> {
  const deadlineMs = Date.now() + patienceMs;
  let held: ReadonlyMap<string, HeldClaim> = new Map();
  /** When it is to be looked again, as nothing may change until then; undefined when all is settled. */
  const lookAgainMs = (): number | undefined => {
    const claims = claimsOf(southbound.snapshot());
    const passing = [...gatewaysOf(northbound.snapshot())].flatMap(([port, [preferred]]) => {
      const claim = gatewayClaim({ claims }, port);
      return claim === undefined || claim === preferred?.chassis ? [] : [[port, claim] as const];
    });
    held = followClaims(held, new Map(passing), Date.now(), holdMs);
    if (passing.every(([port]) => held.get(port)?.isSettled)) return undefined;
    return Math.min(nextHoldMs(held, holdMs) ?? deadlineMs, deadlineMs);
  };
  for (let due = lookAgainMs(); due !== undefined && !signal.aborted; due = lookAgainMs()) {
    if (Date.now() >= deadlineMs) return;
    await nextChange([southbound], due - Date.now(), signal);
  }
}
