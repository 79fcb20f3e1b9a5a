import { meetsAny } from '../value/condition.ts';
import { equalValues } from '../value/equality.ts';
import { isJsonObject, type Json, type JsonObject } from '../value/json.ts';
import { uuidKey } from '../value/row-codec.ts';
import type { Snapshot, TableChange, TableSnapshot } from '../value/snapshot.ts';
import type { RowChange } from '../value/table-index.ts';
import type { Row, Value } from '../value/value.ts';
import { type TableReading, updateFault } from './monitor-request.ts';
import { tableUpdates } from './update.ts';

/**
 * The real differences between a snapshot and the whole contents that the server has sent: rows that are equal give no change,
 * columns that are equal keep their value, rows that were not sent are deleted. Throws `OvsdbFault` `protocol-error`.
 */
export function decodeContents(
  readings: ReadonlyMap<string, TableReading>,
  snapshot: Snapshot,
  json: Json | undefined,
): readonly TableChange[] {
  const sent = new Map(tableUpdates(readings, json).map(({ reading, rows }) => [reading, rows]));
  return [...readings.values()]
    .map((reading) => {
      const { table } = reading.codec;
      return { table, changes: changesTo(reading, snapshot.table(table), sent.get(reading) ?? {}) };
    })
    .filter(({ changes }) => changes.length > 0);
}

function changesTo(
  { codec, whereAny }: TableReading,
  present: TableSnapshot,
  rows: JsonObject,
): readonly RowChange[] {
  const changes: RowChange[] = [];
  let kept = 0;
  for (const [key, update] of Object.entries(rows)) {
    const uuid = uuidKey(key);
    const whole = isJsonObject(update) ? (update['initial'] ?? update['insert'] ?? update['new']) : undefined;
    if (!isJsonObject(whole)) throw updateFault(`contents of ${codec.table} ${uuid} are not a row`);
    const row = codec.decodeRow(uuid, whole);
    const before = present.get(uuid);
    const after = meetsAny(row, whereAny) ? keepEqual(before, row) : undefined;
    if (before !== undefined && after !== undefined) kept++;
    if (after !== before) changes.push({ uuid, before, after });
  }
  if (kept === present.size) return changes;
  for (const before of present) {
    if (!Object.hasOwn(rows, before._uuid)) changes.push({ uuid: before._uuid, before });
  }
  return changes;
}

/** `after` with the values of `before` wherever they are equal; `before` itself when all are. */
function keepEqual(before: Row | undefined, after: Row): Row {
  if (before === undefined) return after;
  const kept: Record<string, Value> = {};
  let same = Object.keys(before).length === Object.keys(after).length;
  for (const [name, value] of Object.entries(after)) {
    const equal = Object.hasOwn(before, name) && equalValues(before[name], value);
    kept[name] = equal ? before[name] : value;
    same &&= equal;
  }
  return same ? before : { ...kept, _uuid: after._uuid };
}
