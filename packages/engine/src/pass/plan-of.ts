import type { Intent, Plan } from '@berth/core';
import type { Snapshot } from '@berth/ovsdb/value';
import type { Ovn } from '../ovn/ovn.ts';
import { memoryOf, type PassSettings } from './memory.ts';

/** The plan of an intent against NB as it is now. */
export function planOf(ovn: Pick<Ovn, 'northbound'>, intent: Intent, settings: PassSettings): Plan {
  return planOn(ovn.northbound.snapshot(), intent, settings);
}

/** The plan of an intent against NB as it was read. */
export function planOn(nb: Snapshot, intent: Intent, settings: PassSettings): Plan {
  return memoryOf(settings).planner.plan(intent, nb);
}
