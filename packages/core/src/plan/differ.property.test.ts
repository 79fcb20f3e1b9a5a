import { ownerKey } from '@berth/api';
import { type Columns, isMap, isSet, type Row, type Snapshot } from '@berth/ovsdb/value';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile, compiledTables } from '../compile/compile.ts';
import { Compiler } from '../compile/compiler.ts';
import { relations } from '../compile/key.ts';
import type { Intent } from '../intent/intent.ts';
import { keepSame } from '../intent/keep-same.ts';
import { carryOut, damaged, emptyNb, type Nb } from '../testing/program.ts';
import { settle } from '../testing/settle.ts';
import { type World, world } from '../testing/world.ts';
import type { Plan } from './change.ts';
import { Differ } from './differ.ts';
import { operations } from './operations.ts';
import { plan } from './plan.ts';

/** RUNS=10000 looks harder. */
const runs = Number(process.env['RUNS'] ?? 100);

const options = { db: 'NB' as const, tables: compiledTables, instance: 'default' };

/** What may happen between two plans. Numbers choose rows. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('world' as const), world }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('programmed' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'removed' as const,
        'disowned' as const,
        'taken' as const,
        'noted' as const,
        'broken' as const,
        'renamed' as const,
        'dropped' as const,
        'stranger' as const,
      ),
      place: fc.nat(80),
    }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const intentOf = ({ resources, fabric }: World): Intent => settle(resources, fabric).intent;

function rowsOf(nb: Nb): readonly Row[] {
  const whole: Snapshot = nb;
  return [...compiledTables].flatMap((table) => [...whole.table(table)]);
}

function withIds(row: Row, change: (ids: Map<string, string>) => void): Row {
  const ids = new Map<string, string>();
  const old = row['external_ids'];
  if (isMap(old)) for (const [key, value] of old) ids.set(String(key), String(value));
  change(ids);
  return { ...row, external_ids: ids };
}

/** A column that is part of no key, made wrong. */
function broken(row: Row): Row {
  for (const name of ['logical_port', 'mac', 'addresses', 'chassis_name', 'options', 'protocol', 'action'])
    if (name in row && name !== 'options')
      return { ...row, [name]: name === 'addresses' ? new Set(['x']) : 'x' };
  return row;
}

/** A row under another key, maybe that of another row. */
function renamed(row: Row, place: number): Row {
  if ('external_ip' in row) return { ...row, external_ip: `10.9.101.${2 + (place % 5)}` };
  return 'name' in row ? { ...row, name: ['x', 'red', 'green', 'green-s'][place % 4] } : row;
}

/** The reference sets of a row, without their first element. */
function emptied(row: Row): Columns {
  const sets = relations.flatMap(({ column }) => {
    const held = row[column];
    return isSet(held) ? [[column, new Set([...held].slice(1))] as const] : [];
  });
  return Object.fromEntries(sets);
}

const damages: Record<string, (row: Row, place: number) => Row | undefined> = {
  removed: () => undefined,
  disowned: (row) => withIds(row, (ids) => ids.delete(ownerKey)),
  taken: (row) => withIds(row, (ids) => ids.set(ownerKey, 'other')),
  noted: (row) => withIds(row, (ids) => ids.set('note', 'x')),
  broken,
  renamed,
  dropped: (row) => ({ ...row, ...emptied(row) }),
};

/** A row of somebody else, by itself or in the place of one of ours. */
function stranger(nb: Nb, place: number): Nb {
  const name = ['red', 'red-s', 'other'][place % 3];
  const table = place % 2 === 0 ? 'Logical_Router' : 'Logical_Switch';
  const owned: Columns = place % 5 === 0 ? { external_ids: new Map([[ownerKey, 'default']]) } : {};
  const uuid = `00000000-0000-4000-8000-${String(place).padStart(12, '0')}`;
  return damaged(nb, (_, row) => row, { [table]: [{ name, ...owned, _uuid: uuid }] });
}

function changed(nb: Nb, each: Exclude<Step, { kind: 'world' } | { kind: 'programmed' }>): Nb {
  if (each.kind === 'stranger') return stranger(nb, each.place);
  const target = rowsOf(nb)[each.place];
  const damage = damages[each.kind];
  if (!target || !damage) return nb;
  const after = damaged(nb, (_, row) => (row === target ? damage(row, each.place) : row));
  // What a server would not let stand: references to rows that are gone.
  return carryOut({ changes: [], findings: [], summary: nothing }, after);
}

const nothing: Plan['summary'] = { insert: 0, update: 0, delete: 0, adopt: 0, interrupting: 0 };

/** NB after a plan, or as it was where its damage is such that a server would refuse. */
function programmed(made: Plan, nb: Nb): Nb {
  try {
    return carryOut(made, nb);
  } catch {
    return nb;
  }
}

describe('a differ', () => {
  it('plans as the plan of everything does, after any changes of what is wanted and of what is there', () => {
    fc.assert(
      fc.property(world, fc.array(step, { maxLength: 12 }), fc.boolean(), (first, steps, sharing) => {
        const compiler = new Compiler();
        const differ = new Differ(options);
        let intent = intentOf(first);
        let nb = emptyNb;
        for (const each of steps) {
          if (each.kind === 'world') intent = nextIntent(intent, each.world, sharing);
          const expected = plan({ ...options, desired: compile(intent), observed: nb });
          const made = differ.plan(compiler.update(intent), nb);
          expect(made).toStrictEqual(expected);
          expect(JSON.stringify(operations(made.changes))).toBe(JSON.stringify(operations(expected.changes)));
          nb = nextNb(nb, each, made);
        }
      }),
      { numRuns: runs },
    );
  });

  it('looks only at what changed', () => {
    fc.assert(
      fc.property(world, world, (one, other) => {
        const compiler = new Compiler();
        const differ = new Differ(options);
        const everything = (): never => {
          throw new Error('it started over');
        };
        let nb = carryOut(differ.plan(compiler.update(intentOf(one)), emptyNb), emptyNb);
        const change = { ...compiler.update(intentOf(other)), all: everything };
        nb = carryOut(differ.plan({ removed: [], added: [], all: everything }, nb), nb);
        fc.pre(
          !change.removed.some(
            ({ table, uuid }) => table === 'BFD' && !change.added.some((row) => row.uuid === uuid),
          ),
        );
        expect(differ.plan(change, nb).changes).toStrictEqual(
          plan({ ...options, desired: compile(intentOf(other)), observed: nb }).changes,
        );
      }),
      { numRuns: runs },
    );
  });
});

function nextIntent(before: Intent, world: World, sharing: boolean): Intent {
  const after = intentOf(world);
  const kept = sharing ? keepSame(before, after) : after;
  expect(kept).toEqual(after);
  return kept;
}

function nextNb(nb: Nb, each: Step, made: Plan): Nb {
  if (each.kind === 'world') return nb;
  return each.kind === 'programmed' ? programmed(made, nb) : tryChange(nb, each);
}

/** NB after damage, or as it was where a server would not let that stand. */
function tryChange(nb: Nb, each: Parameters<typeof changed>[1]): Nb {
  try {
    return changed(nb, each);
  } catch {
    return nb;
  }
}
