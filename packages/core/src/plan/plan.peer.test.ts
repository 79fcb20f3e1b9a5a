import type { NbTables } from '@berth/ovn';
import { openDatabase } from '@berth/ovsdb';
import { startOvsdbServer } from '@berth/ovsdb/testing';
import type { Row } from '@berth/ovsdb/value';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compiledTables } from '../compile/compile.ts';
import type { DesiredRow } from '../compile/row.ts';
import { commit } from '../testing/database-model.ts';
import { desiredRows, emptyNb, type Nb, planNb } from '../testing/program.ts';
import { world } from '../testing/world.ts';
import { operations } from './operations.ts';

/** The rows of the tables we write, as plain data in one order. */
function contents(nb: Nb): string {
  return JSON.stringify(
    [...compiledTables].sort().map((table) =>
      [...nb.table(table as 'NAT')]
        .map((row: Row) =>
          Object.keys(row)
            .sort()
            .map((name) => [name, plain(row[name])]),
        )
        .sort((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1)),
    ),
  );
}

function plain(value: Row[string]): unknown {
  return typeof value === 'object' ? [...value].sort() : (value ?? null);
}

test('a real server takes every plan, and makes of it what the model makes', async () => {
  await using server = await startOvsdbServer({ schema: 'nb' });
  await using db = await openDatabase<NbTables>({ remotes: [server.remote], database: server.database });
  const replica = await db.monitor({ tables: 'all' });
  let model: Nb = emptyNb;
  const become = async (desired: readonly DesiredRow[]): Promise<void> => {
    const wanted = operations(planNb(desired, model).changes);
    if (wanted.length === 0) return;
    await db.transact(wanted);
    model = commit<NbTables>(model, wanted);
    await expect.poll(() => contents(replica.snapshot())).toBe(contents(model));
    expect(planNb(desired, replica.snapshot()).changes).toEqual([]);
  };
  for (const { resources, fabric } of fc.sample(world, { numRuns: 60, seed: 20_260_101 }))
    await become(desiredRows(resources, fabric));
  await become([]);
  expect(contents(replica.snapshot())).toBe(contents(emptyNb));
});
