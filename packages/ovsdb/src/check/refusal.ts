import type { OvsdbErrorWord } from '../value/fault.ts';

/** Why a database would not take an operation or a commit, in the server's terms (RFC 7047 sections 3.1 and 5.2). */
export type Refusal = {
  readonly error: Exclude<OvsdbErrorWord, 'other'>;
  readonly details: string;
};

/** Ends the execution of a transaction. Caught by `applyTransaction`; never leaves this folder. */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.details);
    this.refusal = refusal;
  }
}

/** Refuses the operation or the commit at hand. */
export function refuse(error: Refusal['error'], details: string): never {
  throw new Refused({ error, details });
}
