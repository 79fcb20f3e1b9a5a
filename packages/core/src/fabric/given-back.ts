import { givenBackPrefix, ownerKey } from '@berth/api';
import type { NbTables } from '@berth/ovn';
import { isMap, isUuid, type Row, type Snapshot, type Uuid } from '@berth/ovsdb/value';
import { perObject } from '../memo/per-object.ts';
import { firstRow, rowsOf } from './tables.ts';

/**
 * The rows that a Berth gave back, as NB_Global notes: those that somebody else has made and others hang on, and of the others those that hang on
 * rows of Berth's. One of them that Berth took over since, or that is gone, may be among them.
 */
export function givenBackRows(nb: Snapshot): ReadonlySet<Uuid> {
  const row = firstRow(nb, 'NB_Global');
  return row ? notedIn(row) : nothing;
}

const nothing: ReadonlySet<Uuid> = new Set();

const notedIn = perObject(({ external_ids: ids }: Row): ReadonlySet<Uuid> => {
  const keys = isMap(ids) ? [...ids.keys()].map(String) : [];
  const noted = keys.filter((key) => key.startsWith(givenBackPrefix));
  if (noted.length === 0) return nothing;
  return new Set(noted.map((key) => key.slice(givenBackPrefix.length)).filter(isUuid));
});

/** The names of the routers that were given back and are somebody else's still. */
export const givenBackRouters = perObject((nb: Snapshot<NbTables>): ReadonlySet<string> => {
  const rows = givenBackRows(nb);
  if (rows.size === 0) return new Set();
  const routers = [...rowsOf(nb, 'Logical_Router')].filter(
    ({ _uuid, external_ids: ids }) => rows.has(_uuid) && !ids.has(ownerKey),
  );
  return new Set(routers.map(({ name }) => name));
});
