import type { Json, JsonObject } from '../value/json.ts';
import type { Draw } from './draw.ts';
import { poolOf, uuidOf } from './row-pool.ts';

/*
 * Random values for the columns of cases/transcript.ovsschema, in wire notation. Names and numbers come from small pools, so that every check
 * is broken now and then.
 */

export const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const integers = [0, 1, 2, 3, 5, 10];
const faulty = ['kind', 'count', 'label', 'short', 'tags', 'limits', 'limit', 'strict'];

/** Some columns of a row; of a fresh one also those that it must have. */
export function randomRow(draw: Draw, table: string, fresh: boolean): JsonObject {
  const columns = columnsOf(draw, table);
  const chosen = draw.some(Object.entries(columns), fresh ? 6 : 3);
  const given = fresh
    ? [...chosen, ...Object.entries(columns).filter(([name]) => isNeeded(table, name))]
    : chosen;
  const serial: readonly (readonly [string, Json])[] =
    table === 'Root' && fresh ? [['serial', draw.pick(names)]] : [];
  return Object.fromEntries([...given, ...serial]);
}

/** Columns whose default would be refused. */
function isNeeded(table: string, column: string): boolean {
  return ['Root.name', 'Owner.must', 'Fan.leader', 'Few.strict'].includes(`${table}.${column}`);
}

/** A value for each column; now and then one of them is not allowed. */
export function columnsOf(draw: Draw, table: string): JsonObject {
  const refs = (to: string, most: number): Json => [
    'set',
    draw.chance(0.7) ? [] : distinct(draw.some(poolOf(to), most).map((uuid) => refOf(draw, to, uuid))),
  ];
  const bad = draw.chance(0.15) ? draw.pick(faulty) : '';
  const or = (fault: string, wrong: Json, right: Json): Json => (bad === fault ? wrong : right);
  const ref = (to: string): Json => refOf(draw, to, uuidOf(to, draw));
  switch (table) {
    case 'Root':
      return {
        name: `${draw.pick(names)}${draw.pick([1, 2, 3])}`,
        kind: or('kind', 'x', draw.pick(['a', 'b', ['set', []]])),
        count: or('count', -1, draw.pick(integers)),
        optnum: draw.pick([...integers, ['set', []]]),
        ratio: draw.pick([0, 0.5, 2, -3.25]),
        on: draw.chance(0.5),
        label: or('label', 'xxxxxx', or('short', '', draw.pick(['x', 'xxxxx', ['set', []]]))),
        tags: ['set', or('tags', names.slice(4), draw.some(names, 3))],
        numbers: ['set', draw.some(integers, 4)],
        options: ['map', draw.some(names, 3).map((name) => [name, draw.pick(names)])],
        limits: [
          'map',
          draw
            .some(names, bad === 'limits' ? 8 : 2)
            .map((name) => [name, or('limit', 11, draw.pick(integers))]),
        ],
        children: refs('Child', 3),
        one: draw.chance(0.2) ? ref('Child') : ['set', []],
        friends: refs('Root', 3),
        byname: ['map', draw.some(names, draw.chance(0.3) ? 2 : 0).map((name) => [name, ref('Child')])],
      };
    case 'Child':
      return { name: draw.pick(names), next: draw.chance(0.3) ? ref('Child') : ['set', []] };
    case 'Owner':
      return { must: ref('Root') };
    case 'Fan':
      return { leader: ref('Root') };
    default:
      return {
        a: draw.pick([0, 1]),
        b: draw.pick(['x', ['set', []]]),
        strict: or('strict', 4, draw.pick([5, 6, 7])),
      };
  }
}

/** Mutations that the columns of a table take. */
export function mutationsOf(draw: Draw, table: string): readonly Json[] {
  const columns = columnsOf(draw, table);
  const set = [
    'tags',
    'numbers',
    'options',
    'limits',
    'children',
    'one',
    'friends',
    'byname',
    'next',
    'optnum',
    'b',
  ];
  // Not of sets: calculations on them corrupt the memory of ovsdb-server 3.1.0, which dies some transactions later.
  const number = ['count', 'optnum', 'ratio', 'a', 'strict'];
  return Object.entries(columns).flatMap(([name, value]): readonly Json[] => {
    if (set.includes(name) && draw.chance(0.7)) return [[name, draw.pick(['insert', 'delete']), value]];
    if (name === 'options' || name === 'byname') return [[name, 'delete', ['set', draw.some(names, 3)]]];
    if (!number.includes(name)) return [];
    return [[name, draw.pick(['+=', '-=', '*=', '/=', '%=']), draw.pick([0, 1, 2, 3])]];
  });
}

/** A reference to a row of the pool, or by name to a row of the same transaction, if there is one. */
function refOf(draw: Draw, table: string, uuid: string): Json {
  return draw.chance(0.25) ? ['named-uuid', `${table}${draw.pick([1, 2])}`] : ['uuid', uuid];
}

function distinct(items: readonly Json[]): readonly Json[] {
  return [...new Set(items.map((item) => JSON.stringify(item)))].map((text): Json => JSON.parse(text));
}
