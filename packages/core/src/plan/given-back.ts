import { givenBackPrefix } from '@berth/api';
import { isMap, type Snapshot, type Uuid } from '@berth/ovsdb/value';
import { sharedUnit } from '../compile/external.ts';
import { spokenKey } from '../compile/key.ts';
import type { DesiredRow } from '../compile/row.ts';
import { firstRow } from '../fabric/tables.ts';
import { finding } from '../finding/make.ts';
import type { Change } from './change.ts';
import { adoptCure, type Clash } from './clash.ts';
import type { ObservedRow, PlannedDatabase } from './observed.ts';

/**
 * A row in the place of one of ours that was given back: it is in nobody's way, and nothing is said of how it differs. What is told is
 * that it is not Berth's, and how it would be again.
 */
export function givenBack(
  { key, cause }: DesiredRow,
  { row, table }: ObservedRow,
  { db }: { readonly db: PlannedDatabase },
): Clash {
  const brief = `the ${table} row ${spokenKey(key)} (${row._uuid}) was given back by berth adopt --undo`;
  return {
    brief,
    finding: finding('given-back', {
      object: cause,
      message: `${brief}: it is somebody else's, and Berth neither keeps nor judges it`,
      cure: againCure,
      rows: [{ db, table, uuid: row._uuid }],
    }),
  };
}

/** What to do where a row that was given back is to be Berth's again. */
export const againCure = `where Berth is to have it again, ${adoptCure}`;

/**
 * The change that notes in NB_Global which rows are given back, so that nobody takes them for rows in the way afterwards. Notes of rows that are gone are
 * dropped. Undefined where nothing is to be noted, or there is no such row.
 */
export function notingChange(
  given: readonly Uuid[],
  { observed, instance, isThere }: Noting,
): Change | undefined {
  const row = firstRow(observed, 'NB_Global');
  const ids = row?.['external_ids'];
  if (!row || !isMap(ids) || given.length === 0) return undefined;
  const isGone = (key: string): boolean =>
    key.startsWith(givenBackPrefix) && !isThere(key.slice(givenBackPrefix.length) as Uuid);
  const kept = new Map([...ids].filter(([key]) => !isGone(String(key))));
  for (const uuid of given) kept.set(`${givenBackPrefix}${uuid}`, instance);
  return {
    ...{ verb: 'update', db: 'NB', table: 'NB_Global', uuid: row._uuid, key: ['given back'] },
    ...{ unit: sharedUnit, cause: undefined, origins: [], interrupts: null },
    columns: { external_ids: { old: ids, new: kept } },
  };
}

type Noting = {
  readonly observed: Snapshot;
  readonly instance: string;
  /** Whether NB has the row. */
  readonly isThere: (uuid: Uuid) => boolean;
};
