import { appendFile, cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { changeKey } from '@berth/api';
import type { Snapshot } from '@berth/ovsdb/value';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Bench,
  type Controller,
  openController,
  startBench,
  type WriteGuard,
} from '../testing/bench.ts';
import { pass } from './pass.ts';

const example = new URL('../../../../examples/01-field-story', import.meta.url).pathname;
const nodes = ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'];
const floatingIp = '05-floating-ip.yaml';

class Killed extends Error {}

/** Kills the controller at one write: before it was sent, or when it was done but nobody has heard of it. */
function killAt(
  point: number,
  when: 'before' | 'after',
): { readonly guard: WriteGuard; readonly writes: () => number } {
  let writes = 0;
  return {
    writes: () => writes,
    async guard(write) {
      const mine = ++writes;
      if (mine >= point && when === 'before') throw new Killed();
      const result = await write();
      if (mine >= point) throw new Killed();
      return result;
    },
  };
}

let bench: Bench;
beforeAll(async () => {
  bench = await startBench(example, nodes, 'external0');
});
afterAll(() => bench[Symbol.asyncDispose]());

/** Passes until nothing is left to do. */
async function settle(controller: Controller): Promise<void> {
  for (let round = 0; round < 10; round++) {
    const { written, statusWrites } = await pass(controller);
    if (written.transactions === 0 && statusWrites === 0) return;
  }
  throw new Error('ten passes were not enough');
}

/** NB without what differs from run to run, and what the state holds. */
async function ending(controller: Controller): Promise<unknown> {
  const snapshot: Snapshot = controller.ovn.northbound.snapshot();
  const rows = snapshot.tableNames
    .filter((table) => table !== 'NB_Global')
    .map((table) => [
      table,
      [...snapshot.table(table)].map((row) =>
        Object.entries(row).map(([name, value]) => [name, plain(value)]),
      ),
    ]);
  const { resources } = await controller.source.list();
  const objects = Object.values(resources).flatMap((list) =>
    list.map(({ kind, metadata, ...rest }) => [
      kind,
      metadata.name,
      metadata.deletionTimestamp,
      metadata.finalizers,
      rest,
    ]),
  );
  return { rows, objects };
}

function plain(value: unknown): unknown {
  return value instanceof Object && Symbol.iterator in value
    ? [...(value as Iterable<unknown>)]
        .map((each) => JSON.stringify(each))
        .filter((text) => !text.startsWith(`["${changeKey}",`))
        .sort()
    : value;
}

/** An empty NB and an empty state, with the folder as the scenario finds it. */
async function reset(start: Scenario['start']): Promise<void> {
  await rm(bench.stateFolder, { recursive: true, force: true });
  await rm(bench.folder, { recursive: true, force: true });
  await cp(example, bench.folder, { recursive: true });
  await using controller = await openController(bench);
  const tables = ['Logical_Router', 'Logical_Switch'].map(
    (table) => ({ op: 'delete', table, where: [] }) as const,
  );
  await controller.ovn.nb.transact(tables);
  if (start === 'programmed') await settle(controller);
  else await rm(bench.stateFolder, { recursive: true, force: true });
}

type Scenario = {
  readonly name: string;
  readonly start: 'empty' | 'programmed';
  readonly change: () => Promise<void>;
};

const scenarios: readonly Scenario[] = [
  { name: 'everything is new', start: 'empty', change: async () => undefined },
  {
    name: 'one field changes',
    start: 'programmed',
    async change() {
      const file = join(bench.folder, floatingIp);
      const text = await readFile(file, 'utf8');
      await writeFile(file, text.replace('ipName: web.default', 'ipName: web.default\n  type: centralized'));
    },
  },
  {
    name: 'an address moves',
    start: 'programmed',
    async change() {
      const file = join(bench.folder, floatingIp);
      await writeFile(file, (await readFile(file, 'utf8')).replace('10.9.101.9', '10.9.101.77'));
    },
  },
  { name: 'the floating IP goes', start: 'programmed', change: () => rm(join(bench.folder, floatingIp)) },
  {
    name: 'a second VPC comes',
    start: 'programmed',
    change: () =>
      appendFile(
        join(bench.folder, '03-vpc.yaml'),
        '---\napiVersion: kubeovn.io/v1\nkind: Vpc\nmetadata: { name: vpc2 }\nspec: { enableExternal: true, extraExternalSubnets: [external0] }\n',
      ),
  },
];

describe.each(scenarios)('killed while $name', ({ start, change }) => {
  test('at any write, the next start ends in the same place', async () => {
    await reset(start);
    await change();
    const counting = killAt(Number.POSITIVE_INFINITY, 'before');
    let wanted: unknown;
    {
      await using controller = await openController(bench, counting.guard);
      await settle(controller);
      wanted = await ending(controller);
    }
    expect(counting.writes()).toBeGreaterThan(1);
    for (let point = 1; point <= counting.writes(); point++) {
      for (const when of ['before', 'after'] as const) {
        await reset(start);
        await change();
        const { guard } = killAt(point, when);
        await expect(runUntilKilled(guard)).rejects.toThrow(Killed);
        await using controller = await openController(bench);
        await settle(controller);
        expect(await ending(controller), `killed ${when} write ${point}`).toEqual(wanted);
      }
    }
  });
});

async function runUntilKilled(guard: WriteGuard): Promise<void> {
  await using controller = await openController(bench, guard);
  await settle(controller);
}
