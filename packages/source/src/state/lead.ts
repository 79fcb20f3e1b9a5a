import { hostname } from 'node:os';
import path from 'node:path';

/** Who leads with a state, as {@link Claimant} has it. */
export function stateLead(stateFolder: string): string {
  return `state/${hostname()}:${path.resolve(stateFolder)}`;
}

/** The state folder of this machine that a lead is named after; undefined of one that is a cluster's or another machine's. */
export function ownStateOf(lead: string | undefined): string | undefined {
  const own = `state/${hostname()}:`;
  return lead?.startsWith(own) ? lead.slice(own.length) : undefined;
}
