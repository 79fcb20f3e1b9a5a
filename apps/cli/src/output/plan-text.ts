import { formatRef } from '@berth/api';
import type { Change, Origin, Plan } from '@berth/core';
import { plural } from './findings.ts';
import type { Style } from './style.ts';
import { pad } from './table.ts';
import { valueChanges, valueText } from './value.ts';

type Screen = { readonly style: Style };

const verbs = {
  insert: { sign: '+', look: 'good', done: 'to add' },
  update: { sign: '~', look: 'changed', done: 'to change' },
  delete: { sign: '-', look: 'bad', done: 'to remove' },
  adopt: { sign: 'a', look: 'doubtful', done: 'to adopt' },
} as const satisfies Record<Change['verb'], { sign: string; look: keyof Style; done: string }>;

/** Columns that say nothing new about an inserted row: marks, and the ones its key is made of. */
const marks = 'external_ids';

/** A plan for people: changes under the object that causes each, then the count. Ends with a newline. */
export function planText(plan: Plan, { style }: Screen): string {
  const groups = Map.groupBy(plan.changes, ({ cause }) => (cause ? formatRef(cause) : 'left over'));
  const tableWidth = Math.max(0, ...plan.changes.map(({ table }) => table.length));
  const text = [...groups].map(([cause, changes]) => {
    const lines = changes.flatMap((change) => changeLines(change, tableWidth, style));
    return `${style.strong(cause)}\n${lines.join('')}`;
  });
  return `${text.join('')}${summaryLine(plan.summary)}\n`;
}

/** `Plan: 2 to add, 1 to change, 1 to remove. 1 change interrupts traffic.` */
export function summaryLine(summary: Plan['summary']): string {
  if (summary.insert + summary.update + summary.delete + summary.adopt === 0) {
    return 'Plan: nothing to do, OVN is as it should be.';
  }
  const counts = (['insert', 'update', 'delete', 'adopt'] as const)
    .filter((verb) => verb !== 'adopt' || summary.adopt > 0)
    .map((verb) => `${summary[verb]} ${verbs[verb].done}`);
  const { interrupting } = summary;
  const traffic =
    interrupting === 0
      ? 'No change interrupts traffic.'
      : `${plural(interrupting, 'change')} ${interrupting === 1 ? 'interrupts' : 'interrupt'} traffic.`;
  return `Plan: ${counts.join(', ')}. ${traffic}`;
}

function changeLines(change: Change, tableWidth: number, style: Style): readonly string[] {
  const { sign, look } = verbs[change.verb];
  const from = originText(change);
  const head = [change.key.filter((part) => part !== '').join(' '), ...insertedColumns(change)].join('  ');
  const line = `  ${style[look](sign)} ${pad(change.table, tableWidth)}  ${head}${from && style.faint(`  from ${from}`)}\n`;
  const below = [...changedColumns(change), ...heldBy(change)].map(
    (text) => `    ${' '.repeat(tableWidth)}  ${text}\n`,
  );
  return [line, ...below, ...interruptLines(change, style)];
}

/** The columns of a new row, on its own line; those that are empty or part of its key are left out. */
function insertedColumns({ verb, columns, key }: Change): readonly string[] {
  if (verb !== 'insert') return [];
  return sortedColumns(columns)
    .filter(([name, { new: value }]) => name !== marks && !isEmpty(valueText(value)) && !key.includes(valueText(value)))
    .map(([name, { new: value }]) => `${name} ${valueText(value)}`);
}

function changedColumns({ verb, columns }: Change): readonly string[] {
  if (verb === 'insert' || verb === 'delete') return [];
  return sortedColumns(columns)
    .flatMap(([name, change]) => valueChanges(name, change))
    .map(([name, old, wanted]) => `${name} ${old} -> ${wanted}`);
}

/** Where an existing row moves to, when another row is to hold it. */
function heldBy({ verb, parent, formerParents = [] }: Change): readonly string[] {
  if (verb === 'insert' || verb === 'delete') return [];
  return [
    ...formerParents.map(({ table, uuid }) => `leaves ${table} ${uuid}`),
    ...(parent ? [`joins ${parent.table} ${parent.uuid}`] : []),
  ];
}

function interruptLines({ interrupts }: Change, style: Style): readonly string[] {
  return (interrupts?.flows ?? []).map(({ object, externalIp, effect }) => {
    const whose = [formatRef(object), externalIp].filter(Boolean).join(' ');
    return `      ${style.doubtful(`interrupts ${whose}`)}: ${effect}\n`;
  });
}

/** The fields a change comes from; the object is named where it is another than the cause. */
function originText({ cause, origins }: Change): string {
  const own = cause && formatRef(cause);
  const texts = origins.flatMap(({ object, field }: Origin) => {
    const name = formatRef(object);
    if (name !== own) return [field === undefined ? name : `${name} ${field}`];
    return field === undefined ? [] : [field];
  });
  return [...new Set(texts)].join(', ');
}

function sortedColumns(columns: Change['columns']): readonly (readonly [string, Change['columns'][string]])[] {
  return Object.entries(columns).toSorted(([left], [right]) => (left < right ? -1 : 1));
}

function isEmpty(text: string): boolean {
  return text === '<none>' || text === '""';
}
