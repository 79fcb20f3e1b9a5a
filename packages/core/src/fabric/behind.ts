import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import { perObject } from '../memo/per-object.ts';
import { firstRow, rowsOf } from './tables.ts';

/** The number of NB_Global `nb_cfg` that each chassis has carried out, by its name (ovn-sb(5), Chassis_Private). */
export const carriedOut = perObject(
  (sb: Snapshot<SbTables>): ReadonlyMap<string, number> =>
    new Map([...rowsOf(sb, 'Chassis_Private')].map(({ name, nb_cfg }) => [name, nb_cfg])),
);

/**
 * Chassis that have not carried out what another one has, with how far they got. One that is only slow is among them for a moment. Empty
 * where chassis are told not to say (ovn-nb(5), `enable_chassis_nb_cfg_update`).
 */
export function behindOf(nb: Snapshot<NbTables>, sb: Snapshot<SbTables>): ReadonlyMap<string, number> {
  if (!saysHowFar(nb)) return new Map();
  const done = carriedOut(sb);
  const local = [...sb.table('Chassis')].filter(
    ({ other_config, external_ids }) =>
      (other_config?.get('is-remote') ?? external_ids?.get('is-remote')) !== 'true',
  );
  return behindNewest(local.map(({ name }) => [name, done.get(name)]));
}

/** Whether chassis are not told to keep to themselves how far they got (ovn-nb(5), `enable_chassis_nb_cfg_update`). */
export function saysHowFar(nb: Snapshot<NbTables>): boolean {
  return firstRow(nb, 'NB_Global')?.options?.get('enable_chassis_nb_cfg_update') !== 'false';
}

/** How far each chassis got; undefined where it is not known. */
type Done = readonly (readonly [chassis: string, number: number | undefined])[];

/** How far the chassis got that is ahead of all. */
export function newestOf(done: Done): number {
  return Math.max(0, ...done.map(([, own]) => own ?? 0));
}

/** Of chassis with how far they got those that are behind the one that got furthest; of whom it is not known is not. */
export function behindNewest(done: Done): ReadonlyMap<string, number> {
  const newest = newestOf(done);
  return new Map(
    done.flatMap(([name, own]) => (own === undefined || own >= newest ? [] : [[name, own] as const])),
  );
}
