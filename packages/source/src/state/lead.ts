import { hostname } from 'node:os';
import path from 'node:path';

/** Who leads with a state, as {@link Claimant} has it. */
export function stateLead(stateFolder: string): string {
  return `state/${hostname()}:${path.resolve(stateFolder)}`;
}
