import { hostname } from 'node:os';
import path from 'node:path';

/** Who leads with a state, as {@link Claimant} has it. */
export function stateLead(stateFolder: string): string {
  return `state/${hostname()}:${path.resolve(stateFolder)}`;
}

/** A state that a lead is named after, and whether it is of this machine. */
type LeadState = { readonly host: string; readonly folder: string; readonly isHere: boolean };

/** The state that a lead is named after; undefined of one that is a cluster's, or has no name. */
export function stateOfLead(lead: string | undefined): LeadState | undefined {
  const [, host, folder] = /^state\/([^:]*):(.*)$/s.exec(lead ?? '') ?? [];
  if (host === undefined || folder === undefined) return undefined;
  return { host, folder, isHere: host === hostname() };
}
