import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import type { OvnWorld } from './ovn-world-model.ts';
import { northboundOf } from './ovn-world-nb.ts';
import { southboundOf } from './ovn-world-sb.ts';

export type * from './ovn-world-model.ts';

export type OvnSnapshots = { readonly nb: Snapshot<NbTables>; readonly sb: Snapshot<SbTables> };

/**
 * NB as someone would have written it for this world, and SB as northd and the controllers of OVN 23.03 would have,
 * with everything alive and settled. Rows keep their UUIDs when others come and go.
 */
export function ovnWorld(world: OvnWorld): OvnSnapshots {
  return { nb: northboundOf(world), sb: southboundOf(world) };
}
