import { meetsAny } from '../value/condition.ts';
import { isJsonObject, type Json } from '../value/json.ts';
import { uuidKey } from '../value/row-codec.ts';
import type { Snapshot, TableChange, TableSnapshot } from '../value/snapshot.ts';
import type { RowChange } from '../value/table-index.ts';
import type { Row, Uuid, Value } from '../value/value.ts';
import { type TableReading, updateFault } from './monitor-request.ts';
import { tableUpdates } from './update.ts';

/**
 * The changes that `<table-updates>` (RFC 7047 section 4.1.6) makes to a snapshot. Servers that speak it know no conditions: rows that do not
 * meet them are left out here. Throws `OvsdbFault` `protocol-error`.
 */
export function decodePlainUpdates(
  readings: ReadonlyMap<string, TableReading>,
  snapshot: Snapshot,
  json: Json | undefined,
): readonly TableChange[] {
  return tableUpdates(readings, json).map(({ reading, rows }) => {
    const present = snapshot.table(reading.codec.table);
    const changes = Object.entries(rows).flatMap(([key, update]) =>
      decodePlainUpdate(reading, present, uuidKey(key), update),
    );
    return { table: reading.codec.table, changes };
  });
}

function decodePlainUpdate(
  { codec, whereAny }: TableReading,
  present: TableSnapshot,
  uuid: Uuid,
  update: Json,
): readonly RowChange[] {
  if (!isJsonObject(update)) throw updateFault(`update of ${codec.table} ${uuid} is not an object`);
  const { old, new: whole } = update;
  const before = present.get(uuid);
  if (whole === undefined) return before === undefined ? [] : [{ uuid, before }];
  if (!isJsonObject(whole)) throw updateFault(`update of ${codec.table} ${uuid} says nothing`);
  const sent = codec.decodeRow(uuid, whole);
  const row = before !== undefined && isJsonObject(old) ? withColumns(before, sent, Object.keys(old)) : sent;
  const after = meetsAny(row, whereAny) ? row : undefined;
  return before === undefined && after === undefined ? [] : [{ uuid, before, after }];
}

/** `before` with some columns of `sent`. */
function withColumns(before: Row, sent: Row, columns: readonly string[]): Row {
  const row: Record<string, Value> & { _uuid: Uuid } = { ...before };
  for (const column of columns) if (Object.hasOwn(sent, column)) row[column] = sent[column];
  return row;
}
