/** How many rounds it takes to believe something. */
export type Thresholds = { readonly failureThreshold: number; readonly successThreshold: number };

/** What is believed of the outside on one VLAN of a network. */
export type ProbeHealth = {
  /** `unknown` until enough rounds have said something. */
  readonly verdict: 'unknown' | 'answers' | 'silent';
  /** Rounds in a row without an answer, and with one. */
  readonly failures: number;
  readonly successes: number;
};

/** What is believed before the first round. */
export const unprobed: ProbeHealth = { verdict: 'unknown', failures: 0, successes: 0 };

/** The NIC lost its carrier: whoever was there has to prove again that it is. */
export const unplugged: ProbeHealth = { verdict: 'silent', failures: 0, successes: 0 };

/** What is believed after a round in which a target answered, or none did. The first answer of all is believed at once. */
export function afterRound(before: ProbeHealth, isAnswered: boolean, thresholds: Thresholds): ProbeHealth {
  const failures = isAnswered ? 0 : before.failures + 1;
  const successes = isAnswered ? before.successes + 1 : 0;
  const isBack = before.verdict === 'unknown' || successes >= thresholds.successThreshold;
  if (isAnswered && isBack) return { verdict: 'answers', failures, successes };
  if (failures >= thresholds.failureThreshold) return { verdict: 'silent', failures, successes };
  return { verdict: before.verdict, failures, successes };
}

/** What is believed of a network's uplink. */
export type UplinkHealth = {
  readonly state: 'Up' | 'Down' | 'Unknown';
  /** It would be up, but was lost again too soon after it came back. */
  readonly isHeld: boolean;
  /** When it last came back from a loss. */
  readonly returnedAtMs?: number;
};

/** What is believed of an uplink before anything is known. */
export const unknownUplink: UplinkHealth = { state: 'Unknown', isHeld: false };

/**
 * How long an uplink that came back and was lost again stays down at least, from when it came back. The limit is each network's own on
 * each node, for what flaps is a link: addresses of one network never move for another's, so a network that was lost once goes back
 * though the one beside it flaps, and no address of the node goes back more often than that.
 */
export const holdMs = 60_000;

/** What there is to judge an uplink by: its NIC, and the probes of each VLAN that has targets. */
export type UplinkSeen = { readonly carrier: boolean | undefined; readonly probes: readonly ProbeHealth[] };

/**
 * The uplink after something was seen. Without a carrier it is down at once; otherwise it is down when every VLAN that is
 * probed is silent. It comes back from a loss at most once in {@link holdMs}.
 */
export function afterSight(before: UplinkHealth, seen: UplinkSeen, nowMs: number): UplinkHealth {
  const { returnedAtMs } = before;
  const kept = returnedAtMs !== undefined && { returnedAtMs };
  const state = stateSeen(seen);
  if (before.state !== 'Down' || state !== 'Up') {
    return state === 'Unknown' && before.state === 'Down' ? before : { state, isHeld: false, ...kept };
  }
  const isHeld = returnedAtMs !== undefined && nowMs - returnedAtMs < holdMs;
  return isHeld ? { state: 'Down', isHeld, ...kept } : { state: 'Up', isHeld: false, returnedAtMs: nowMs };
}

function stateSeen({ carrier, probes }: UplinkSeen): UplinkHealth['state'] {
  if (carrier === false) return 'Down';
  if (probes.length === 0) return carrier ? 'Up' : 'Unknown';
  if (probes.some(({ verdict }) => verdict === 'answers')) return 'Up';
  return probes.every(({ verdict }) => verdict === 'silent') ? 'Down' : 'Unknown';
}
