import { tunnelBfdKey } from '@berth/api';
import { isMap, type Row, type Snapshot, type Value } from '@berth/ovsdb/value';
import { sharedUnit } from '../compile/external.ts';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import { nbRows } from '../finding/row-id.ts';
import type { TunnelBfdIntent } from '../intent/intent.ts';
import type { Change } from './change.ts';

/** What the options of tunnel BFD need: a change of the one row of NB_Global, or the word that they are somebody else's. */
export type TunnelBfdPlan = { readonly change?: Change; readonly finding?: Finding };

type Texts = ReadonlyMap<string, string>;

/** What this or another Berth set, and what was there before it did. */
type Note = { readonly instance: string; readonly options: Texts; readonly before: Texts };

/**
 * Sets the options of tunnel BFD (ovn-nb(5), NB_Global) as policies ask, and puts back what was there before once none asks. The
 * row is not ours: nothing but these keys and the note of them is touched, and options that somebody else set stay while no
 * policy asks. What was set is read from the note, so a row that is made anew is set again.
 */
export function tunnelBfdPlan(
  wanted: TunnelBfdIntent | undefined,
  observed: Snapshot,
  instance: string,
): TunnelBfdPlan {
  const [row] = observed.tableNames.includes('NB_Global') ? observed.table('NB_Global') : [];
  if (!row) return {};
  const options = textsOf(row['options']);
  const ids = textsOf(row['external_ids']);
  const note = readNote(ids.get(tunnelBfdKey));
  if (note && note.instance !== instance)
    return wanted ? { finding: othersFinding(wanted, note.instance, row) } : {};
  const keys = wanted && optionsOf(wanted);
  const newOptions = keys ? new Map([...options, ...keys]) : withoutOurs(options, note);
  const newIds = new Map([...ids].filter(([key]) => key !== tunnelBfdKey));
  if (keys) {
    const before = note?.before ?? new Map([...options].filter(([key]) => keys.has(key)));
    newIds.set(tunnelBfdKey, writeNote({ instance, options: keys, before }));
  }
  const columns = {
    ...(!sameTexts(options, newOptions) && { options: { old: row['options'], new: newOptions } }),
    ...(!sameTexts(ids, newIds) && { external_ids: { old: row['external_ids'], new: newIds } }),
  };
  return Object.keys(columns).length === 0 ? {} : { change: changeOf(row, columns, wanted) };
}

/** What we set and nobody changed since goes, or is again what it was before. */
function withoutOurs(options: Texts, note: Note | undefined): Texts {
  return new Map(
    [...options].flatMap(([key, value]): [string, string][] => {
      if (note?.options.get(key) !== value) return [[key, value]];
      const before = note.before.get(key);
      return before === undefined ? [] : [[key, before]];
    }),
  );
}

function changeOf(row: Row, columns: Change['columns'], wanted: TunnelBfdIntent | undefined): Change {
  return {
    verb: 'update',
    db: 'NB',
    table: 'NB_Global',
    uuid: row._uuid,
    key: ['tunnel BFD'],
    unit: sharedUnit,
    cause: wanted?.origin.object,
    origins: wanted ? [wanted.origin] : [],
    columns,
    interrupts: null,
  };
}

function optionsOf({ minTxMs, minRxMs, multiplier }: TunnelBfdIntent): Texts {
  return new Map([
    ['bfd-min-tx', String(minTxMs)],
    ['bfd-min-rx', String(minRxMs)],
    ['bfd-mult', String(multiplier)],
  ]);
}

/** `<instance> bfd-min-tx=300 bfd-min-rx=300 bfd-mult=3<9`: three, where it was nine before. */
function writeNote({ instance, options, before }: Note): string {
  const pairs = [...options].map(([key, value]) => {
    const was = before.get(key);
    return `${key}=${value}${was === undefined ? '' : `<${was}`}`;
  });
  return [instance, ...pairs].join(' ');
}

function readNote(text: string | undefined): Note | undefined {
  if (text === undefined) return undefined;
  const [instance = '', ...pairs] = text.split(' ');
  const options = new Map<string, string>();
  const before = new Map<string, string>();
  for (const pair of pairs) {
    const [key = '', values = ''] = pair.split('=');
    const [value = '', was] = values.split('<');
    options.set(key, value);
    if (was !== undefined) before.set(key, was);
  }
  return { instance, options, before };
}

function othersFinding({ origin }: TunnelBfdIntent, instance: string, row: Row): Finding {
  return finding('row-clash', {
    object: origin.object,
    field: origin.field,
    message: `tunnel BFD was set by the Berth instance ${instance}, and there is one setting for all tunnels`,
    cure: 'let one of the two instances ask for it',
    rows: nbRows('NB_Global', [row]),
  });
}

function textsOf(value: Value): Texts {
  return new Map(isMap(value) ? [...value].map(([key, text]) => [String(key), String(text)]) : []);
}

function sameTexts(left: Texts, right: Texts): boolean {
  return left.size === right.size && [...left].every(([key, value]) => right.get(key) === value);
}
