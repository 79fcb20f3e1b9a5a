import { formatRef } from '@berth/api';
import {
  type Change,
  type Home,
  list,
  type Plan,
  type RowId,
  type Staying,
  shortened,
  waysOf,
} from '@berth/core';
import type { Screen } from '../context/terminal.ts';
import type { AdoptAnswer } from '../schema/adopt.ts';
import { plural } from './findings.ts';
import { changesText, planText } from './plan-text.ts';
import { none, table } from './table.ts';

/** Whether a row is marked and otherwise left as it is. */
export function isMarkOnly({ verb, columns, parent, formerParents }: Change): boolean {
  return (
    (verb === 'adopt' || verb === 'update') &&
    !parent &&
    !formerParents &&
    Object.keys(columns).every((name) => name === 'external_ids')
  );
}

/** A plan without the rows that are only marked: they are counted. Of the others the marks are not shown. */
export function repairsText(plan: Plan, screen: Omit<Screen, 'write'>): string {
  const repairs = plan.changes.filter((change) => !isMarkOnly(change));
  const marked = plan.changes.length - repairs.length;
  const changes = repairs.map(({ columns: { external_ids: _, ...columns }, ...change }) => ({
    ...change,
    columns,
  }));
  const marks = marked === 0 ? '' : `only the marks change on ${plural(marked, 'row')}\n`;
  const left = leftText(plan);
  // Where nothing but what is left differs, OVN is not as it should be.
  return plan.changes.length === 0 && left !== ''
    ? left
    : `${marks}${planText({ ...plan, changes }, screen)}${left}`;
}

/** How many rows are left to whoever made them, and of which tables. Empty without any. */
function leftText({ left = [] }: Plan): string {
  if (left.length === 0) return '';
  const verb = left.length === 1 ? 'stays' : 'stay';
  return `${plural(left.length, 'row')} ${verb} as found, because taking over would interrupt traffic (${tablesOf(left)}): see row-clash\n`;
}

function tablesOf(rows: readonly RowId[]): string {
  return [...Map.groupBy(rows, ({ table }) => table)]
    .map(([table, some]) => `${table} ${some.length}`)
    .sort()
    .join(', ');
}

/** What the controller goes on to change of gateways once everything is taken over. Empty without any. */
export function afterwardsText(changes: readonly Change[], screen: Omit<Screen, 'write'>): string {
  if (changes.length === 0) return '';
  return `\nAfterwards the controller changes gateways, one step after the other:\n${changesText(changes, screen)}`;
}

/** The objects that keep what was found, and what it would mean if they did not. Empty without any. */
export function keptText(kept: AdoptAnswer['kept']): string {
  if (kept.length === 0) return '';
  const rows = kept.map(({ object, keep, onLift }) => [formatRef(object), keepText(keep), liftText(onLift)]);
  return `\n${table(['OBJECT', 'KEEPS', 'WITHOUT THAT'], rows)}`;
}

function keepText(keep: AdoptAnswer['kept'][number]['keep']): string {
  if (keep === null || typeof keep !== 'object' || Array.isArray(keep)) return none;
  const { placement, mac, stateless, gateways, defaultRoute, routerMac } = keep as Record<string, unknown>;
  const groups = Object.entries((gateways ?? {}) as Record<string, readonly string[]>);
  return [
    placement,
    mac,
    stateless && 'stateless',
    ...groups.map(([subnet, nodes]) => `${subnet}: ${nodes.join(' > ')}`),
    defaultRoute && 'its default route',
    routerMac && `router ${routerMac}`,
  ]
    .filter(Boolean)
    .join(', ');
}

function liftText(changes: AdoptAnswer['kept'][number]['onLift']): string {
  if (changes.length === 0) return 'nothing changes';
  const effects = changes.flatMap(({ interrupts }) => interrupts?.flows ?? []).map(({ effect }) => effect);
  const count = plural(changes.length, 'change');
  return effects.length === 0 ? count : `${count}, interrupts: ${[...new Set(effects)].join('; ')}`;
}

/** What `berth adopt --yes` did: one line, of what stands above as it was to come. Empty where there was nothing to do. */
export function doneText(
  way: 'adopt' | 'undo' | 'lift',
  { changes, left = [] }: Plan,
  keeping: number,
): string {
  const adopted = changes.filter(({ verb }) => verb === 'adopt').length;
  const removed = changes.filter(({ verb }) => verb === 'delete').length;
  // What is noted in NB_Global is no row that anybody had.
  const noted = way === 'undo' ? changes.filter(({ table }) => table === 'NB_Global').length : 0;
  const written = changes.length - adopted - removed - noted;
  const rows = (count: number, what: string): readonly string[] =>
    count > 0 ? [`${plural(count, 'row')} ${what}`] : [];
  const kept = (what: string): readonly string[] =>
    keeping > 0 ? [`${plural(keeping, 'object')} ${keeping === 1 ? 'keeps' : 'keep'} ${what}`] : [];
  const gone = rows(removed, 'removed');
  const parts = {
    adopt: [
      ...rows(adopted, 'taken over'),
      ...rows(written, 'written'),
      ...gone,
      ...kept('what was found'),
      ...rows(left.length, 'left as found'),
    ],
    undo: [...rows(written, "given back, without Berth's marks"), ...gone],
    lift: [...kept('no more'), ...rows(written, 'written'), ...gone],
  }[way];
  return parts.length === 0 ? '' : `Done: ${parts.join(', ')}.\n`;
}

/** How many objects are named. */
const named = 5;

/** The rows that are Berth's own and stay, for whom, and how to be rid of them. Empty without any. */
export function stayingText(staying: readonly Staying[], home: Home | undefined): string {
  if (staying.length === 0) return '';
  const rows = staying.flatMap((each) => each.rows);
  const objects = staying.flatMap(({ object }) => (object ? [formatRef(object)] : []));
  const { controller, once } = waysOf(home);
  const way = once === undefined ? controller : `${once} or ${controller}`;
  return `
${plural(rows.length, 'row')} that Berth made itself ${rows.length === 1 ? 'stays' : 'stay'} as now, and Berth's (${tablesOf(rows)}),
for ${list(shortened(objects, named))}
to remove them delete the objects, and have ${way} do the rest; whoever goes on with a row by its name, as Kube-OVN does, minds no marks on it
`;
}
