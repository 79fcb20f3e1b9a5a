import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../value/json.ts';

/*
 * A random mix of transactions on the schema of cases/transcript.ovsschema, in wire notation, and what makes the answers of two servers comparable.
 * Names, numbers and UUIDs come from small pools, so that transactions meet each other's rows and every check is broken now and then.
 */

/** The same numbers in [0, 1) for the same seed. */
type Random = () => number;

type Draw = {
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(from: readonly T[]) => T;
  readonly some: <T>(from: readonly T[], most: number) => readonly T[];
};

const tables = ['Root', 'Child', 'Owner', 'Fan', 'Few'];
const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const integers = [0, 1, 2, 3, 5, 10];
const faulty = ['kind', 'count', 'label', 'short', 'tags', 'limits', 'limit', 'strict'];
const poolSize = 10;

/** The random transactions of a seed, then one for each oddity, each the operations of one `transact`. */
export function randomTransactions(seed: number, count: number): readonly (readonly Json[])[] {
  const draw = drawFrom(mulberry(seed));
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

/**
 * An answer without what two right servers may do differently: the text of `details` and `syntax`, `_version`, the UUIDs that the server made up
 * (numbered by the inserts that returned them), the order of rows and of set elements, digits of a number beyond the twelfth.
 */
export function normaliser(): (answer: Json) => Json {
  const made = new Map<string, string>();
  const normaliseUuid = (uuid: string) => made.get(uuid) ?? (isOfPool(uuid) ? uuid : 'made up');
  const normalise = (json: Json): Json => {
    if (isJsonArray(json)) return normaliseList(json);
    if (typeof json === 'number') return Number(json.toPrecision(12));
    if (!isJsonObject(json)) return json;
    if (typeof json['error'] === 'string') return { error: json['error'] };
    const members = Object.entries(json)
      .filter(([name]) => name !== '_version')
      .map(([name, member]): [string, Json] => {
        return [name, name === 'rows' ? sorted(normalise(member)) : normalise(member)];
      });
    return Object.fromEntries(members.sort(([left], [right]) => (left < right ? -1 : 1)));
  };
  const normaliseList = (json: readonly Json[]): Json => {
    const [tag, text] = json;
    if (tag === 'uuid' && typeof text === 'string') return ['uuid', normaliseUuid(text)];
    const items = json.map(normalise);
    return tag === 'set' || tag === 'map' ? [tag, sorted(items[1])] : items;
  };
  return (answer) => {
    for (const result of isJsonArray(answer) ? answer : []) {
      const uuid = isJsonObject(result) && isJsonArray(result['uuid']) ? result['uuid'][1] : undefined;
      if (typeof uuid === 'string' && !isOfPool(uuid)) made.set(uuid, made.get(uuid) ?? `new-${made.size}`);
    }
    return normalise(answer);
  };
}

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

function randomRow(draw: Draw, table: string, fresh: boolean): JsonObject {
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
function columnsOf(draw: Draw, table: string): JsonObject {
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

function mutationsOf(draw: Draw, table: string): readonly Json[] {
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

function randomWhere(draw: Draw, table: string): readonly Json[] {
  if (draw.chance(0.6)) return [['_uuid', '==', ['uuid', uuidOf(table, draw)]]];
  if (draw.chance(0.1)) return [];
  const columns = Object.entries(columnsOf(draw, table));
  return draw.some(columns, 2).map(([name, value]) => {
    const ordered = typeof value === 'number' && draw.chance(0.5);
    return [name, draw.pick(ordered ? ['<', '<=', '>', '>='] : ['==', '!=', 'includes', 'excludes']), value];
  });
}

/** A reference to a row of the pool, or by name to a row of the same transaction, if there is one. */
function refOf(draw: Draw, table: string, uuid: string): Json {
  return draw.chance(0.25) ? ['named-uuid', `${table}${draw.pick([1, 2])}`] : ['uuid', uuid];
}

function poolOf(table: string): readonly string[] {
  return Array.from({ length: poolSize }, (_, place) => {
    return `${tables.indexOf(table)}0000000-0000-4000-8000-00000000000${place.toString(16)}`;
  });
}

function isOfPool(uuid: string): boolean {
  return /^[0-4]0000000-0000-4000-8000-00000000000[0-9a-f]$/.test(uuid);
}

function uuidOf(table: string, draw: Draw): string {
  return draw.pick(poolOf(table));
}

function distinct(items: readonly Json[]): readonly Json[] {
  return [...new Set(items.map((item) => JSON.stringify(item)))].map((text): Json => JSON.parse(text));
}

function sorted(json: Json | undefined): Json {
  if (!isJsonArray(json)) return json ?? null;
  return json
    .map((item) => JSON.stringify(item))
    .sort()
    .map((text): Json => JSON.parse(text));
}

function drawFrom(random: Random): Draw {
  const below = (limit: number) => Math.floor(random() * limit);
  return {
    chance: (probability) => random() < probability,
    pick: <T>(from: readonly T[]): T => {
      const item = from[below(from.length)];
      if (item === undefined) throw new RangeError('nothing to pick from');
      return item;
    },
    some: (from, most) => {
      const wanted = below(most + 1);
      return from
        .map((item) => ({ item, rank: random() }))
        .sort((left, right) => left.rank - right.rank)
        .slice(0, wanted)
        .map(({ item }) => item);
    },
  };
}

/** Mulberry32. */
function mulberry(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A transcript as text: one transaction and its answer per line. */
export type Transcript = readonly (readonly [operations: readonly Json[], answer: Json])[];

export function parseTranscript(text: string): Transcript {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Transcript[number] => JSON.parse(line));
}

export function formatTranscript(transcript: Transcript): string {
  return transcript.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}
