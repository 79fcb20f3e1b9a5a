import type { Logger } from 'pino';
import { codeOf, faultFields, levelOf } from './log.ts';
import type { Check } from './serve.ts';

/**
 * For how long nothing may be heard of the Lease: as long as a renewal counts for others. A standby that hears no more of it could not take over, and
 * a leader is none any more by then.
 */
const silentMs = 15_000;

/** Whether the API server can be asked about the Lease, which whoever stands by does every two seconds: a watch that hangs looks like one without changes. */
export type LeaseHealth = {
  /** It was read or written. */
  answered(): void;
  /** It could not be. */
  failed(fault: unknown): void;
  check(): Check;
};

/** Logs what keeps the Lease from being asked for once until it is something else, and once when it is over. */
export function leaseHealth(log: Logger, nowMs = () => performance.now()): LeaseHealth {
  let lastMs = nowMs();
  let fault: unknown;
  return {
    answered() {
      if (fault !== undefined)
        log.info({ silentMs: Math.round(nowMs() - lastMs) }, 'the Lease is followed again');
      fault = undefined;
      lastMs = nowMs();
    },
    failed(now) {
      const isKnown = fault !== undefined && codeOf(fault) === codeOf(now);
      const level = isKnown ? 'debug' : levelOf(now, 'error');
      log[level](faultFields(now), 'the Lease cannot be had; trying again');
      fault = now;
    },
    check() {
      const quietMs = nowMs() - lastMs;
      if (quietMs <= silentMs) return { name: 'lease', isFine: true };
      const cause = fault instanceof Error ? `: ${fault.message}` : '';
      return {
        name: 'lease',
        isFine: false,
        why: `not heard of for ${Math.round(quietMs / 1_000)} s${cause}`,
      };
    },
  };
}
