import {
  compile,
  compiledTables,
  giveBack,
  keepingObjects,
  type Plan,
  type ResourceWrite,
  settlingWrites,
} from '@berth/core';
import { settle } from '../pass/prepare.ts';
import { type AdoptionInput, withoutKeep } from './adoption.ts';

/** What it takes to leave rows to somebody else. */
export type GivingBack = {
  readonly plan: Plan;
  /** To be stored when the plan is written: the objects without what they keep, and without notes on addresses. */
  readonly writes: readonly ResourceWrite[];
};

/** What `berth adopt --undo` would change and store. */
export function givingBackOf({ resources, fabric, observed, settings }: AdoptionInput): GivingBack {
  const { result } = settle(resources, fabric, settings);
  const { instance } = settings;
  const desired = compile(result.intent);
  const { nodeNames } = result.intent;
  const plan = giveBack({ db: 'NB', desired, observed, tables: compiledTables, instance, nodeNames });
  return { plan, writes: [...keepingObjects(resources).map(withoutKeep), ...settlingWrites(resources)] };
}
