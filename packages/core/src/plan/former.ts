import { formerKey, keptKey } from '@berth/api';
import { type Atom, isMap, isSet, type Value } from '@berth/ovsdb/value';
import type { Change } from './change.ts';

/** Keys of ours in a shared map. */
export const ownPrefix = 'berth.dev/';

/** A column, or a key of `external_ids`, as it was before a row was taken over and as it was made then. */
type Former = { readonly was: Json; readonly made: Json };
type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type Columns = Change['columns'];

/** What a row remembers of the time before it was taken over. */
export type FormerColumns = {
  readonly columns: ReadonlyMap<string, Former>;
  readonly ids: ReadonlyMap<string, Former>;
  /** It leads to another workload since, after it had moved: where it ran before is the place of the one before. */
  readonly isElsewhere: boolean;
  /** What the object kept until that was lifted. */
  readonly kept?: string;
};

/** The mark that remembers what taking a row over changes, as JSON: `[columns, keys of external_ids]`. */
export function formerText({ external_ids: ids, ...columns }: Columns): string {
  const [old, now] = [mapOf(ids?.old), mapOf(ids?.new)];
  const keys = [...now.keys()].filter((key) => !key.startsWith(ownPrefix) && old.get(key) !== now.get(key));
  return JSON.stringify([
    Object.fromEntries(
      Object.entries(columns).map(([name, change]) => [name, [jsonOf(change.old), jsonOf(change.new)]]),
    ),
    Object.fromEntries(keys.map((key) => [key, [old.get(key) ?? null, now.get(key) ?? null]])),
  ]);
}

/** Columns of a NAT row that say where it runs and how; its target is the user's to change. */
const placing: Readonly<Record<string, readonly string[]>> = {
  NAT: ['external_mac', 'logical_port', 'options'],
};

/**
 * The mark once more after a change of ours: where a floating IP ran before it was taken over is remembered through every change of
 * that. One that leads elsewhere has no former place: the port that answered is another's.
 */
export function amendedFormer(text: string, table: string, changed: Columns): string {
  const former = parseFormer(text);
  const names = placing[table] ?? [];
  if (!former || ![...names, 'logical_ip'].some((name) => changed[name]) || names.length === 0) return text;
  const columns = new Map(former.columns);
  for (const name of names) {
    const change = changed[name];
    if (change)
      columns.set(name, { was: columns.get(name)?.was ?? jsonOf(change.old), made: jsonOf(change.new) });
  }
  const isLeft = changed['logical_ip'] !== undefined && columns.has('external_mac');
  if (changed['logical_ip']) for (const name of ['external_mac', 'logical_port']) columns.delete(name);
  const isElsewhere = isLeft || (former.isElsewhere && !columns.has('external_mac'));
  return JSON.stringify([entriesOf(columns), entriesOf(former.ids), ...(isElsewhere ? [elsewhere] : [])]);
}

const elsewhere = 'elsewhere';

/** The mark of a router port once more, when its object keeps nothing any more: what it kept is remembered. */
export function withLifted(text: string, { external_ids: ids }: Columns): string {
  const former = parseFormer(text);
  const kept = mapOf(ids?.old).get(keptKey);
  if (!former || kept === undefined || mapOf(ids?.new).has(keptKey)) return text;
  return JSON.stringify([entriesOf(former.columns), entriesOf(former.ids), { kept }]);
}

function entriesOf(formers: ReadonlyMap<string, Former>): Record<string, readonly [Json, Json]> {
  return Object.fromEntries([...formers].map(([name, { was, made }]) => [name, [was, made] as const]));
}

/** Reads a mark that {@link formerText} wrote; undefined for another text. */
export function parseFormer(text: string): FormerColumns | undefined {
  try {
    const [columns, ids, more] = JSON.parse(text);
    return {
      columns: formersIn(columns),
      ids: formersIn(ids),
      isElsewhere: more === elsewhere,
      ...(typeof more?.kept === 'string' && { kept: more.kept }),
    };
  } catch {
    return undefined;
  }
}

/** The mark in `external_ids`, if there is one. */
export function formerIn(ids: Value): string | undefined {
  return mapOf(ids).get(formerKey);
}

/** Whether a value is what a former says it was made. */
export function isAsMade(value: Value, { made }: Former): boolean {
  return canonical(jsonOf(value)) === canonical(made);
}

/** The value of a column that a former remembers. */
export function formerValue({ was }: Former): Value {
  if (was === null) return undefined;
  if (Array.isArray(was)) return new Set(was as readonly Atom[]);
  if (typeof was === 'object') return new Map(Object.entries(was as Record<string, string>));
  return was as Atom;
}

function formersIn(found: Record<string, [Json, Json]>): ReadonlyMap<string, Former> {
  return new Map(Object.entries(found).map(([name, [was, made]]) => [name, { was, made }]));
}

/** Keys of maps that we write are texts. */
function jsonOf(value: Value): Json {
  if (value === undefined) return null;
  if (isMap(value)) return Object.fromEntries(value) as Json;
  return isSet(value) ? ([...value] as Json) : (value as Json);
}

function mapOf(value: Value): ReadonlyMap<string, string> {
  return isMap(value) ? (value as ReadonlyMap<string, string>) : new Map();
}

/** One text for what is equal: sets and maps have no order. */
function canonical(json: Json): string {
  if (Array.isArray(json)) return JSON.stringify(json.map((each) => JSON.stringify(each)).sort());
  if (json === null || typeof json !== 'object') return JSON.stringify(json);
  return JSON.stringify(Object.entries(json).sort(([left], [right]) => (left < right ? -1 : 1)));
}
