import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  afterRound,
  afterSight,
  holdMs,
  type ProbeHealth,
  type UplinkHealth,
  unknownUplink,
  unplugged,
  unprobed,
} from './hysteresis.ts';

const thresholds = fc.record({
  failureThreshold: fc.integer({ min: 1, max: 6 }),
  successThreshold: fc.integer({ min: 1, max: 6 }),
});
const rounds = fc.array(fc.boolean(), { maxLength: 60 });

function after(given: readonly boolean[], at: { failureThreshold: number; successThreshold: number }) {
  return given.reduce((health, isAnswered) => afterRound(health, isAnswered, at), unprobed);
}

describe('rounds of a probe', () => {
  test('are believed silent exactly when enough in a row were, and no more than that', () => {
    fc.assert(
      fc.property(rounds, thresholds, (given, at) => {
        let before: ProbeHealth = unprobed;
        for (const [place, isAnswered] of given.entries()) {
          const now = afterRound(before, isAnswered, at);
          const turned = now.verdict !== before.verdict;
          const last = (count: number) => given.slice(Math.max(0, place + 1 - count), place + 1);
          if (turned && now.verdict === 'silent')
            expect(last(at.failureThreshold)).toEqual(Array(at.failureThreshold).fill(false));
          if (turned && now.verdict === 'answers' && before.verdict === 'silent') {
            expect(last(at.successThreshold)).toEqual(Array(at.successThreshold).fill(true));
          }
          before = now;
        }
      }),
    );
  });

  test('enough silence is silence, enough answers are answers, whatever was before', () => {
    fc.assert(
      fc.property(rounds, thresholds, (given, at) => {
        expect(after([...given, ...Array(at.failureThreshold).fill(false)], at).verdict).toBe('silent');
        expect(after([...given, ...Array(at.successThreshold).fill(true)], at).verdict).toBe('answers');
      }),
    );
  });

  test('say nothing before the first answer or enough silence', () => {
    const at = { failureThreshold: 3, successThreshold: 5 };
    expect(after([], at).verdict).toBe('unknown');
    expect(after([false, false], at).verdict).toBe('unknown');
    expect(after([false, false, true], at).verdict).toBe('answers');
  });
});

const answers: ProbeHealth = { verdict: 'answers', failures: 0, successes: 9 };
const seen = (carrier: boolean | undefined, ...probes: ProbeHealth[]) => ({ carrier, probes });

describe('an uplink', () => {
  test.each([
    ['no carrier, whatever answered before', seen(false, answers), 'Down'],
    ['a carrier and nothing to ask', seen(true), 'Up'],
    ['neither known', seen(undefined), 'Unknown'],
    ['one VLAN answers, one is silent', seen(true, answers, unplugged), 'Up'],
    ['every VLAN silent', seen(true, unplugged, unplugged), 'Down'],
    ['one silent, one not tried', seen(true, unplugged, unprobed), 'Unknown'],
  ])('%s', (_, what, state) => {
    expect(afterSight(unknownUplink, what, 0).state).toBe(state);
  });

  test('that is lost stays lost while nothing is known', () => {
    const down = afterSight(unknownUplink, seen(false), 0);
    expect(afterSight(down, seen(true, unprobed), 1).state).toBe('Down');
  });

  test('comes back at once the first time, and not again within a minute', () => {
    const step = (health: UplinkHealth, carrier: boolean, nowMs: number) =>
      afterSight(health, carrier ? seen(true, answers) : seen(false), nowMs);
    let health = step(unknownUplink, true, 0);
    health = step(step(health, false, 1_000), true, 2_000);
    expect(health).toEqual({ state: 'Up', isHeld: false, returnedAtMs: 2_000 });
    health = step(step(health, false, 3_000), true, 4_000);
    expect(health).toMatchObject({ state: 'Down', isHeld: true });
    expect(step(health, true, 2_000 + holdMs - 1).state).toBe('Down');
    expect(step(health, true, 2_000 + holdMs)).toMatchObject({ state: 'Up', returnedAtMs: 2_000 + holdMs });
  });

  test('however it flaps, comes back at most once in each minute', () => {
    const sights = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 20_000 })), { maxLength: 200 });
    fc.assert(
      fc.property(sights, (given) => {
        let health: UplinkHealth = unknownUplink;
        let nowMs = 0;
        let lastReturnMs = -Infinity;
        for (const [carrier, passedMs] of given) {
          nowMs += passedMs;
          const next = afterSight(health, seen(carrier), nowMs);
          if (health.state === 'Down' && next.state === 'Up') {
            expect(nowMs - lastReturnMs).toBeGreaterThanOrEqual(holdMs);
            lastReturnMs = nowMs;
          }
          if (!carrier) expect(next.state).toBe('Down');
          health = next;
        }
      }),
    );
  });
});
