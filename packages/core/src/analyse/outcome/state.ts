import type { FindingCode } from '../../finding/catalogue.ts';
import type { FlowState } from '../verdict.ts';

const nobody: readonly string[] = [];

export function delivered(berth: string): FlowState {
  return { outcome: 'delivered', berth, reason: undefined, conflict: nobody, missing: nobody };
}

/** `berth` is who answers for the address although nothing gets through. */
export function lost(reason: FindingCode, berth?: string): FlowState {
  return { outcome: 'lost', berth, reason, conflict: nobody, missing: nobody };
}

/** Several answer for one address, and which of them a packet meets is up to the switches outside. */
export function contested(conflict: readonly string[]): FlowState {
  return { outcome: 'unknown', berth: undefined, reason: 'two-answerers', conflict, missing: nobody };
}

export function untold(missing: string): FlowState {
  return {
    outcome: 'unknown',
    berth: undefined,
    reason: 'location-unknown',
    conflict: nobody,
    missing: [missing],
  };
}
