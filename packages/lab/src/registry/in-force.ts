import type { Failure } from '@berth/core';
import type { Effect } from '../failure/effect.ts';
import { readRegistry } from './entry.ts';

/** A failure that was injected and not healed, with what it did: how to undo it is known whatever happens since. */
export type InForce = { readonly failure: Failure; readonly effects: readonly Effect[] };

/** The failures in force, in the order they were injected. */
export function readInForce(directory: string): readonly InForce[] {
  return (
    readRegistry(directory, 'failures.json', (value): value is readonly InForce[] => Array.isArray(value)) ??
    []
  );
}
