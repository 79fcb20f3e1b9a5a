import type { Json } from '../value/json.ts';
import { type Draw, drawOf } from './draw.ts';
import { columnsOf, mutationsOf, names, randomRow } from './random-rows.ts';
import { uuidOf } from './row-pool.ts';

/*
 * A random mix of transactions on the schema of cases/transcript.ovsschema, in wire notation.
 */

/** The random transactions of a seed, then one for each oddity, each the operations of one `transact`. */
export function randomTransactions(seed: number, count: number): readonly (readonly Json[])[] {
  const draw = drawOf(seed);
  const random = Array.from({ length: count }, () => {
    const family = draw.chance(0.3) ? randomFamily(draw) : [];
    return [...family, ...Array.from({ length: draw.pick([1, 1, 2, 3]) }, () => randomOperation(draw))];
  });
  return [...random, ...oddities.map((operation) => [operation]), twins];
}

/** Every row of every table, to be asked for at the end. */
export const everything: readonly Json[] = [
  { op: 'select', table: 'Root', where: [] },
  { op: 'select', table: 'Child', where: [] },
  { op: 'select', table: 'Owner', where: [] },
  { op: 'select', table: 'Fan', where: [] },
  { op: 'select', table: 'Few', where: [] },
];

/** A row of a non-root table and a row that holds it. */
function randomFamily(draw: Draw): readonly Json[] {
  const child = { op: 'insert', table: 'Child', 'uuid-name': 'Child9', row: { name: draw.pick(names) } };
  const reference = ['named-uuid', 'Child9'];
  const where = draw.chance(0.5) ? [['_uuid', '==', ['uuid', uuidOf('Root', draw)]]] : [];
  const holder = draw.chance(0.5)
    ? {
        op: 'insert',
        table: 'Root',
        uuid: uuidOf('Root', draw),
        row: { name: `${draw.pick(names)}9`, children: reference },
      }
    : { op: 'mutate', table: 'Root', where, mutations: [['children', 'insert', reference]] };
  return [child, holder];
}

function randomOperation(draw: Draw): Json {
  if (draw.chance(0.07)) return draw.pick(oddities);
  const table = draw.pick(['Root', 'Root', 'Root', 'Child', 'Child', 'Owner', 'Fan', 'Few']);
  const where = randomWhere(draw, table);
  switch (
    draw.pick(['insert', 'insert', 'insert', 'update', 'mutate', 'mutate', 'delete', 'select', 'wait'])
  ) {
    case 'insert': {
      const identity = draw.chance(0.85) ? { uuid: uuidOf(table, draw) } : {};
      const named = draw.chance(0.5) ? { 'uuid-name': `${table}${draw.pick([1, 2])}` } : {};
      return { op: 'insert', table, ...identity, ...named, row: randomRow(draw, table, true) };
    }
    case 'update':
      return { op: 'update', table, where, row: randomRow(draw, table, false) };
    case 'mutate':
      return { op: 'mutate', table, where, mutations: draw.some(mutationsOf(draw, table), 2) };
    case 'delete':
      return { op: 'delete', table, where };
    case 'select':
      return draw.chance(0.5)
        ? { op: 'select', table, where }
        : { op: 'select', table, where, columns: draw.some(Object.keys(columnsOf(draw, table)), 2) };
    default: {
      const rows = draw.some([randomRow(draw, table, false), randomRow(draw, table, false)], 1);
      const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
      return { op: 'wait', timeout: 0, table, where, columns, until: draw.pick(['==', '!=']), rows };
    }
  }
}

/** Two rows of one name. */
const twins: readonly Json[] = [
  { op: 'insert', table: 'Child', 'uuid-name': 'twin', row: {} },
  { op: 'insert', table: 'Child', 'uuid-name': 'twin', row: {} },
];

/** What hardly any client would send. */
const oddities: readonly Json[] = [
  { op: 'comment', comment: 'a comment' },
  { op: 'abort' },
  { op: 'commit', durable: true },
  { op: 'assert', lock: 'nobody' },
  { op: 'nothing' },
  { op: 'select', table: 'Nowhere', where: [] },
  { op: 'select', table: 'Root', where: [['nothing', '==', 1]] },
  { op: 'insert', table: 'Root', row: { nothing: 1 } },
  { op: 'insert', table: 'Root', row: { name: 5 } },
  { op: 'insert', table: 'Root', row: { children: 'not-a-reference' } },
  { op: 'insert', table: 'Root', uuid: 'no-uuid', row: {} },
  { op: 'insert', table: 'Root', row: { numbers: ['set', [1, 1]] } },
  { op: 'update', table: 'Root', where: [], row: { serial: 'changed' } },
  { op: 'update', table: 'Root', where: [['name', '<', 'b']], row: {} },
  { op: 'mutate', table: 'Root', where: [], mutations: [['serial', 'insert', 'x']] },
  { op: 'mutate', table: 'Root', where: [], mutations: [['name', '+=', 1]] },
  { op: 'mutate', table: 'Root', where: [], mutations: [['limits', '+=', 1]] },
  { op: 'mutate', table: 'Root', where: [], mutations: [['count', '/=', 0]] },
  { op: 'delete', table: 'Root' },
];

function randomWhere(draw: Draw, table: string): readonly Json[] {
  if (draw.chance(0.6)) return [['_uuid', '==', ['uuid', uuidOf(table, draw)]]];
  if (draw.chance(0.1)) return [];
  const columns = Object.entries(columnsOf(draw, table));
  return draw.some(columns, 2).map(([name, value]) => {
    const ordered = typeof value === 'number' && draw.chance(0.5);
    return [name, draw.pick(ordered ? ['<', '<=', '>', '>='] : ['==', '!=', 'includes', 'excludes']), value];
  });
}
