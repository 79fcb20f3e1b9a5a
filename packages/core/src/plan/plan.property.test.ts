import { ownerKey } from '@berth/api';
import {
  type Columns,
  equalValues,
  isMap,
  isSet,
  isUuid,
  type Row,
  type Snapshot,
  type Uuid,
  type Value,
} from '@berth/ovsdb/value';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compiledTables } from '../compile/compile.ts';
import { referenceColumns, relations } from '../compile/key.ts';
import type { DesiredRow } from '../compile/row.ts';
import { carryOut, damaged, desiredRows, emptyNb, type Nb, planNb } from '../testing/program.ts';
import { type World, world } from '../testing/world.ts';
import { operations } from './operations.ts';

const rowsOf = ({ resources, fabric }: World): readonly DesiredRow[] => desiredRows(resources, fabric);

function program(desired: readonly DesiredRow[], before: Nb = emptyNb): Nb {
  return carryOut(planNb(desired, before), before);
}

function tableOf(nb: Nb, table: string): readonly Row[] {
  const whole: Snapshot = nb;
  return [...whole.table(table)];
}

function isOurs(row: Row): boolean {
  const ids = row['external_ids'];
  return isMap(ids) && ids.get(ownerKey) === 'default';
}

/** Every row of the tables we write, by UUID. */
function contents(nb: Nb): ReadonlyMap<Uuid, { readonly table: string; readonly row: Row }> {
  return new Map(
    [...compiledTables].flatMap((table) =>
      tableOf(nb, table).map((row) => [row._uuid, { table, row }] as const),
    ),
  );
}

/** NB holds each desired row as it should be, in the set that should hold it, and no other row of ours. */
function expectProgrammed(
  nb: Nb,
  desired: readonly DesiredRow[],
  uuidOf = (row: DesiredRow) => row.uuid,
): void {
  const all = contents(nb);
  const uuids = new Map<Value, Uuid>(desired.map((row) => [row.uuid, uuidOf(row)]));
  for (const row of desired) {
    const found = all.get(uuidOf(row))?.row;
    for (const [name, value] of Object.entries(row.columns)) {
      const actual = found?.[name];
      const wanted = referenceColumns[row.table]?.[name] === undefined ? value : uuids.get(value);
      if (name !== 'external_ids') expect(equalValues(actual, wanted)).toBe(true);
      else if (isMap(value) && isMap(actual)) {
        for (const [key, text] of value) expect(actual.get(key)).toBe(text);
      }
    }
  }
  const ours = [...all.values()].filter(({ row }) => isOurs(row)).map(({ row }) => row._uuid);
  expect(new Set(ours)).toEqual(new Set(desired.map(uuidOf)));
}

/** What somebody else may do to NB, by numbers that stand for choices. */
const foreignWork = fc.record({
  notes: fc.array(fc.nat(50), { maxLength: 4 }),
  guests: fc.array(fc.nat(50), { maxLength: 4 }),
  strangers: fc.nat(3),
});

/** NB with foreign keys on some rows, foreign rows held by some of ours, and foreign rows by themselves. */
function withForeign(
  nb: Nb,
  { notes, guests, strangers }: typeof foreignWork extends fc.Arbitrary<infer T> ? T : never,
): Nb {
  const rows = [...contents(nb).values()];
  const noted = new Set(notes.map((index) => rows[index]?.row._uuid));
  const hosts = new Map<Uuid, { readonly column: string; readonly guest: string }[]>();
  const extra: Record<string, Columns[]> = {
    Load_Balancer: [],
    Logical_Switch: [],
    Logical_Switch_Port: [],
    NAT: [],
  };
  const add = (table: string, columns: Columns): string => {
    const uuid = `00000000-0000-4000-8000-${String(Object.values(extra).flat().length).padStart(12, '0')}`;
    extra[table]?.push({ ...columns, _uuid: uuid });
    return uuid;
  };
  for (const index of guests) {
    const host = rows[index];
    if (!host || hosts.has(host.row._uuid)) continue;
    const name = `guest${index}`;
    const logical = `10.${index}.0.0/16`;
    if (host.table === 'Logical_Switch')
      hosts.set(host.row._uuid, [{ column: 'ports', guest: add('Logical_Switch_Port', { name }) }]);
    if (host.table === 'Logical_Router')
      hosts.set(host.row._uuid, [
        {
          column: 'nat',
          guest: add('NAT', { type: 'snat', external_ip: '10.9.101.250', logical_ip: logical }),
        },
        { column: 'load_balancer', guest: add('Load_Balancer', { name }) },
      ]);
  }
  for (let index = 0; index < strangers; index++) {
    const port = add('Logical_Switch_Port', { name: `stranger${index}-1` });
    add('Logical_Switch', { name: `stranger${index}`, ports: new Set([port]) });
  }
  return damaged(
    nb,
    (_, row) => {
      const guests = (hosts.get(row._uuid) ?? []).map(({ column, guest }) => {
        const held = row[column];
        return [column, new Set([...(isSet(held) ? held : []), guest])] as const;
      });
      const ids = row['external_ids'];
      return {
        ...row,
        ...Object.fromEntries(guests),
        ...(noted.has(row._uuid) && isMap(ids) && { external_ids: new Map([...ids, ['note', 'x']]) }),
      };
    },
    extra,
  );
}

/** What others have in NB is there as before: their rows, their elements in sets, their keys. */
function expectForeignKept(before: Nb, after: Nb): void {
  const [was, is] = [contents(before), contents(after)];
  for (const [uuid, { row }] of was) {
    const now = is.get(uuid)?.row;
    if (!isOurs(row)) expect(now).toEqual(row);
    if (now) expect(foreignIn(now, was)).toEqual(foreignIn(row, was));
  }
}

/** What of a row is not ours: its foreign keys, and the foreign rows in its sets. */
function foreignIn(row: Row, all: ReturnType<typeof contents>): readonly string[] {
  const ids = row['external_ids'];
  const keys = isMap(ids) ? [...ids.keys()].map(String).filter((key) => key === 'note') : [];
  const guests = relations.flatMap(({ column }) => {
    const held = row[column];
    return isSet(held) ? [...held].map(String) : [];
  });
  const foreign = guests
    .filter((uuid) => isUuid(uuid) && all.has(uuid))
    .filter((uuid) => {
      const guest = all.get(uuid as Uuid)?.row;
      return guest !== undefined && !isOurs(guest);
    });
  return [...keys, ...foreign].sort();
}

describe('apply(plan(a → b), a)', () => {
  it('is b, and then there is nothing to do', () => {
    fc.assert(
      fc.property(world, world, (one, other) => {
        const desired = rowsOf(other);
        const nb = program(desired, program(rowsOf(one)));
        expectProgrammed(nb, desired);
        expect(planNb(desired, nb).changes).toEqual([]);
      }),
    );
  });

  it('touches nothing of others, and is b but for what would take others along', () => {
    fc.assert(
      fc.property(world, world, foreignWork, (one, other, foreign) => {
        const desired = rowsOf(other);
        const before = withForeign(program(rowsOf(one)), foreign);
        const made = planNb(desired, before);
        const after = carryOut(made, before);
        expectForeignKept(before, after);
        const again = planNb(desired, after);
        expect(again.changes).toEqual([]);
        expect(again.findings).toEqual(made.findings);
        if (made.findings.length === 0) expectProgrammed(after, desired);
      }),
    );
  });

  it('has an operation only for rows that change', () => {
    fc.assert(
      fc.property(world, world, (one, other) => {
        const before = program(rowsOf(one));
        const { changes } = planNb(rowsOf(other), before);
        const after = carryOut({ changes, findings: [], summary: planNb([], emptyNb).summary }, before);
        const [was, is] = [contents(before), contents(after)];
        for (const operation of operations(changes)) {
          if (operation.op === 'insert' || !('where' in operation)) continue;
          const uuid = operation.where[0]?.[2] as Uuid;
          expect(is.get(uuid)?.row).not.toEqual(was.get(uuid)?.row);
        }
        const differing = [...new Set([...was.keys(), ...is.keys()])].filter(
          (uuid) => was.get(uuid)?.row !== is.get(uuid)?.row,
        );
        expect(operations(changes).length).toBeLessThanOrEqual(differing.length * 2);
      }),
    );
  });

  it('is refused by nobody and reads the same whatever order the rows come in', () => {
    fc.assert(
      fc.property(
        world.chain((each) => {
          const rows = rowsOf(each);
          return fc.tuple(fc.constant(rows), fc.shuffledSubarray([...rows], { minLength: rows.length }));
        }),
        world,
        ([desired, shuffled], other) => {
          const nb = program(rowsOf(other));
          expect(planNb(shuffled, nb)).toEqual(planNb(desired, nb));
        },
      ),
    );
  });
});

/** Rows as another program would have made them: without marks, and under UUIDs of their own. */
function asIfByHand(nb: Nb): Nb {
  const renamed = new Map(
    [...contents(nb).keys()].map((uuid) => [uuid, `ffffffff${uuid.slice(8)}` as Uuid] as const),
  );
  const extra: Record<string, Columns[]> = {};
  for (const { table, row } of contents(nb).values()) {
    const columns: Record<string, Columns[string]> = { ...row, external_ids: new Map([['by', 'hand']]) };
    columns['_uuid'] = renamed.get(row._uuid);
    for (const { parentTable, column } of relations) {
      const held = row[column];
      if (parentTable !== table || !isSet(held)) continue;
      columns[column] = new Set([...held].map((atom) => renamed.get(atom as Uuid) ?? atom));
    }
    for (const column of Object.keys(referenceColumns[table] ?? {})) {
      columns[column] = renamed.get(row[column] as Uuid) ?? row[column];
    }
    extra[table] = [...(extra[table] ?? []), columns];
  }
  return damaged(nb, () => undefined, extra);
}

describe('rows made by hand', () => {
  it('are never written without adopt: everything clashes or waits', () => {
    fc.assert(
      fc.property(world, (each) => {
        const desired = rowsOf(each);
        const made = planNb(desired, asIfByHand(program(desired)));
        const roots = desired.filter(({ parent }) => !parent);
        const rules = desired.filter(
          ({ parent, cause }) => parent && /^Ovn(?:Fip|SnatRule|DnatRule)$/.test(cause.kind),
        );
        const waiting = new Set(rules.map(({ cause }) => `${cause.kind} ${cause.name}`));
        expect(made.changes).toEqual([]);
        expect(made.findings).toHaveLength(roots.length + waiting.size);
        expect(new Set(made.findings.map(({ code }) => code))).toEqual(new Set(['row-clash']));
      }),
    );
  });

  it('are taken over as they are with adopt: not one row comes or goes', () => {
    fc.assert(
      fc.property(world, (each) => {
        const desired = rowsOf(each);
        const before = asIfByHand(program(desired));
        const made = planNb(desired, before, true);
        expect(made.summary).toMatchObject({ insert: 0, update: 0, delete: 0, adopt: desired.length });
        expect(made.summary.interrupting).toBe(0);
        const after = carryOut(made, before);
        expect([...contents(after).keys()]).toEqual([...contents(before).keys()]);
        expectProgrammed(after, desired, ({ uuid }) => `ffffffff${uuid.slice(8)}` as Uuid);
        expect(planNb(desired, after).changes).toEqual([]);
      }),
    );
  });
});
