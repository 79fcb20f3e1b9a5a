import { equalValues } from '../value/equality.ts';
import { isJsonObject, type Json, type JsonObject } from '../value/json.ts';
import { type RowCodec, uuidKey } from '../value/row-codec.ts';
import type { Snapshot, TableChange, TableSnapshot } from '../value/snapshot.ts';
import type { RowChange } from '../value/table-index.ts';
import type { Row, Value } from '../value/value.ts';
import { updateFault } from './monitor-request.ts';
import { tableUpdates } from './update.ts';

/**
 * The real differences between a snapshot and the whole contents that the server has sent: rows that are equal give no change,
 * columns that are equal keep their value, rows that were not sent are deleted. Throws `OvsdbFault` `protocol-error`.
 */
export function decodeContents(
  codecs: ReadonlyMap<string, RowCodec>,
  snapshot: Snapshot,
  json: Json | undefined,
): readonly TableChange[] {
  const sent = new Map(tableUpdates(codecs, json).map(({ codec, rows }) => [codec.table, rows]));
  return [...codecs.values()]
    .map((codec) => ({
      table: codec.table,
      changes: changesTo(codec, snapshot.table(codec.table), sent.get(codec.table) ?? {}),
    }))
    .filter(({ changes }) => changes.length > 0);
}

function changesTo(codec: RowCodec, present: TableSnapshot, rows: JsonObject): readonly RowChange[] {
  const changes: RowChange[] = [];
  for (const [key, update] of Object.entries(rows)) {
    const uuid = uuidKey(key);
    const whole = isJsonObject(update) ? (update['initial'] ?? update['insert']) : undefined;
    if (!isJsonObject(whole)) throw updateFault(`contents of ${codec.table} ${uuid} are not a row`);
    const before = present.get(uuid);
    const after = keepEqual(before, codec.decodeRow(uuid, whole));
    if (after !== before) changes.push({ uuid, before, after });
  }
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
