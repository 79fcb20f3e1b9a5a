import type { Mac } from '@berth/net';

/** How far an address has been asked for. */
export type CheckState = {
  /** Questions of this round that were asked. */
  readonly asked: number;
  /** When the next question is due, or the end of the round. */
  readonly nextMs: number;
  /** What the last round came to: the MAC that answered, or none. Undefined before the first has ended. */
  readonly result?: { readonly mac: Mac | undefined };
};

/** Questions of a round (RFC 5227 section 1.1, PROBE_NUM). */
const questions = 3;

/**
 * Between two questions, and from the last one to the end of a round, ms. The RFC waits a second and more, for networks of its day
 * and hosts that nobody waits for; here the network is wired, and users wait. An answer that comes later than this is missed.
 */
const pauseMs = 250;

/** From the end of a round in which somebody answered to the next one. */
const againMs = 5_000;

/** Nothing has been asked yet. */
export function unchecked(nowMs: number): CheckState {
  return { asked: 0, nextMs: nowMs };
}

/** What is due: another question, the end of a round without an answer, or nothing. */
export function dueOf({ asked, nextMs, result }: CheckState, nowMs: number): 'ask' | 'end' | 'nothing' {
  if (nowMs < nextMs || (result && result.mac === undefined)) return 'nothing';
  return asked < questions ? 'ask' : 'end';
}

/** After what was due was done. */
export function afterAsking(state: CheckState, nowMs: number): CheckState {
  if (state.asked < questions) return { ...state, asked: state.asked + 1, nextMs: nowMs + pauseMs };
  return { asked: 0, nextMs: nowMs, result: { mac: undefined } };
}

/** After an answer: the round has ended. One to a question that was not asked says nothing. */
export function afterAnswer(state: CheckState, mac: Mac, nowMs: number): CheckState {
  if (state.asked === 0) return state;
  return { asked: 0, nextMs: nowMs + againMs, result: { mac } };
}
