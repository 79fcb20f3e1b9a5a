import { isJsonObject, type Json, type JsonObject } from '../value/json.ts';
import { type RowCodec, uuidKey } from '../value/row-codec.ts';
import type { Snapshot, TableChange, TableSnapshot } from '../value/snapshot.ts';
import type { RowChange } from '../value/table-index.ts';
import type { Uuid } from '../value/value.ts';
import { type TableReading, updateFault } from './monitor-request.ts';

/**
 * The changes that `<table-updates2>` (ovsdb-server(7) section 4.1.14) makes to a snapshot.
 * Throws `OvsdbFault` `protocol-error`, also for a change of a row that is not there.
 */
export function decodeUpdates(
  readings: ReadonlyMap<string, TableReading>,
  snapshot: Snapshot,
  json: Json | undefined,
): readonly TableChange[] {
  return tableUpdates(readings, json).map(({ reading: { codec }, rows }) => {
    const present = snapshot.table(codec.table);
    const changes = Object.entries(rows).map(([key, update]) =>
      decodeUpdate(codec, present, uuidKey(key), update),
    );
    return { table: codec.table, changes };
  });
}

/** The tables of a `<table-updates>` or `<table-updates2>`, each with how it is read. Throws `OvsdbFault` `protocol-error`. */
export function tableUpdates(
  readings: ReadonlyMap<string, TableReading>,
  json: Json | undefined,
): readonly { readonly reading: TableReading; readonly rows: JsonObject }[] {
  if (!isJsonObject(json)) throw updateFault('table updates are not an object');
  return Object.entries(json).map(([table, rows]) => {
    const reading = readings.get(table);
    if (reading === undefined || !isJsonObject(rows)) {
      throw updateFault(`unexpected update of table "${table}"`);
    }
    return { reading, rows };
  });
}

function decodeUpdate(codec: RowCodec, present: TableSnapshot, uuid: Uuid, update: Json): RowChange {
  const before = present.get(uuid);
  if (!isJsonObject(update)) throw updateFault(`update of ${codec.table} ${uuid} is not an object`);
  if (update['delete'] !== undefined) return { uuid, before };
  const whole = update['insert'] ?? update['initial'];
  if (isJsonObject(whole)) return { uuid, before, after: codec.decodeRow(uuid, whole) };
  const part = update['modify'];
  if (!isJsonObject(part)) throw updateFault(`update of ${codec.table} ${uuid} says nothing`);
  if (before === undefined) throw updateFault(`update of ${codec.table} ${uuid}, which is not there`);
  return { uuid, before, after: codec.decodeChange(before, part) };
}
