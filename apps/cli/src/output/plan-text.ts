import { formatRef } from '@berth/api';
import { type Change, type Plan, spokenKey } from '@berth/core';
import type { Moves } from '../context/session.ts';
import type { Screen } from '../context/terminal.ts';
import { plural } from './findings.ts';
import type { Style } from './style.ts';
import { pad } from './table.ts';
import { valueChanges, valueText } from './value.ts';
import { wrap } from './wrap.ts';

type Look = Omit<Screen, 'write'>;

/** Before what is said below a change. */
const indent = '      ';

const verbs = {
  insert: { sign: '+', look: 'good', done: 'to add' },
  update: { sign: '~', look: 'changed', done: 'to change' },
  delete: { sign: '-', look: 'bad', done: 'to remove' },
  adopt: { sign: 'a', look: 'doubtful', done: 'to adopt' },
} as const satisfies Record<Change['verb'], { sign: string; look: keyof Style; done: string }>;

/** Columns that say nothing new about an inserted row: marks, and the ones its key is made of. */
const marks = 'external_ids';

/**
 * A plan for people: changes under the object that causes each, then the count. `isRefused` when something that is wanted
 * cannot be written. Ends with a newline.
 */
export function planText(plan: Plan, screen: Look, isRefused = false): string {
  return `${changesText(plan.changes, screen)}${summaryLine(plan.summary, isRefused)}\n`;
}

/** What has to be said to apply before it does what a plan shows, with the reasons. Empty without any. */
export function movesText({ moves, stops }: Moves, { doubtful }: Style): string {
  const aside =
    'what only that one asks for is removed in this plan; to have both at once, give this one a name of its own: --instance NAME';
  const needs =
    moves.length === 0 ? '' : `${doubtful('apply needs --move-state:')} ${moves.join(', and ')}; ${aside}\n`;
  if (stops.length === 0) return needs;
  const who = moves.length === 0 ? `${stops.join(', and ')}; ` : '';
  return `${needs}${doubtful('to be stopped first:')} ${who}apply changes nothing before that controller has ended\n`;
}

/** Changes under the object that causes each. Empty without any. */
export function changesText(all: readonly Change[], screen: Look): string {
  const groups = Map.groupBy(all, ({ cause }) => (cause ? formatRef(cause) : 'left over'));
  const tableWidth = Math.max(0, ...all.map(({ table }) => table.length));
  const text = [...groups].map(([cause, changes]) => {
    const lines = changes.flatMap((change) => changeLines(change, tableWidth, screen));
    return `${screen.style.strong(cause)}\n${lines.join('')}`;
  });
  return text.join('');
}

/** `Plan: 2 to add, 1 to change, 1 to remove. 1 change interrupts traffic.` */
export function summaryLine(summary: Plan['summary'], isRefused = false): string {
  if (summary.insert + summary.update + summary.delete + summary.adopt === 0) {
    return isRefused
      ? 'Plan: 0 changes. OVN is as it should be, but for what the errors tell.'
      : 'Plan: nothing to do, OVN is as it should be.';
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

function changeLines(change: Change, tableWidth: number, { style, columns }: Look): readonly string[] {
  const { sign, look } = verbs[change.verb];
  const key = spokenKey(change.key);
  const from = originText(change);
  return [
    `  ${style[look](sign)} ${pad(change.table, tableWidth)}  ${key}\n`,
    ...details(change).map((text) => wrap(text, indent, columns)),
    ...(from === '' ? [] : [style.faint(wrap(`from ${from}`, indent, columns))]),
    ...interruptTexts(change, style).map((text) => wrap(text, indent, columns)),
  ];
}

/** What becomes of the columns: those of a new row together, those of another one by one. */
function details(change: Change): readonly string[] {
  const inserted = insertedColumns(change);
  return inserted.length > 0 ? [inserted.join('  ')] : [...changedColumns(change), ...heldBy(change)];
}

/** The columns of a new row, on its own line; those that are empty or part of its key are left out. */
function insertedColumns({ verb, columns, key }: Change): readonly string[] {
  if (verb !== 'insert') return [];
  return sortedColumns(columns)
    .filter(
      ([name, { new: value }]) =>
        name !== marks && !isEmpty(valueText(value)) && !key.includes(valueText(value)),
    )
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

function interruptTexts({ interrupts }: Change, style: Style): readonly string[] {
  return (interrupts?.flows ?? []).map(({ object, externalIp, effect }) => {
    const whose = [formatRef(object), externalIp].filter(Boolean).join(' ');
    return `${style.doubtful(`interrupts ${whose}`)}: ${effect}`;
  });
}

/** The fields a change comes from, object by object; the cause is not named again. */
function originText({ cause, origins }: Change): string {
  const byObject = Map.groupBy(origins, ({ object }) => formatRef(object));
  const texts = [...byObject].map(([name, some]) => {
    const fields = [...new Set(some.flatMap(({ field }) => field ?? []))].join(', ');
    return cause && name === formatRef(cause) ? fields : `${name} ${fields}`.trim();
  });
  return texts.filter((text) => text !== '').join('; ');
}

function sortedColumns(
  columns: Change['columns'],
): readonly (readonly [string, Change['columns'][string]])[] {
  return Object.entries(columns).toSorted(([left], [right]) => (left < right ? -1 : 1));
}

function isEmpty(text: string): boolean {
  return text === '<none>' || text === '""';
}
