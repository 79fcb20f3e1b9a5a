import { spawnSync } from 'node:child_process';
import type { ResourceSet } from '@berth/api';
import { compiledTables, type Fabric, type Finding, operations, withWrites } from '@berth/core';
import { memoryOf, type PassMemory } from '@berth/engine';
import { openDatabase } from '@berth/ovsdb';
import { startOvsdbServer } from '@berth/ovsdb/testing';
import type { Snapshot } from '@berth/ovsdb/value';
import { clock, hold, timingLine, verdict } from './contest.ts';
import { type Network, networkOf, now, planOf, settings } from './network.ts';
import { benchOneAmong } from './one-among.ts';
import { benchChange } from './pass-change.ts';

const size = 10_000;
const goalMs = 100;
const goalOfLoad = 6;
const database = 'OVN_Northbound';

/** P7: one floating IP among ten thousand. P5: one change, and a whole pass without a change and with all floating IPs changed. P6: the first pass on an NB that is right already. */
export async function* benchPass(): AsyncGenerator<string> {
  yield* benchChange();
  yield* benchOneAmong();
  const network = networkOf(size);
  yield* benchWhole(network);
  yield* benchCold(network);
}

async function* benchWhole(network: Network): AsyncGenerator<string> {
  const { resources, fabric, nb } = network;
  const centralized = changedAll(resources);
  const memory = memoryOf(settings);
  pass(memory, resources, fabric, nb);
  const times = await hold({
    name: 'pass',
    rounds: 7,
    entrants: {
      'nothing changed': () => clock(() => expectNothing(pass(memory, resources, fabric, nb))),
      'every floating IP changed': async () => {
        const timeMs = await clock(() => pass(memory, centralized, fabric, nb));
        pass(memory, resources, fabric, nb);
        return timeMs;
      },
      'nothing known of a pass before': () =>
        clock(() => expectNothing(pass(memoryOf(settings), resources, fabric, nb))),
    },
  });
  yield `P5 a whole pass over ${size} floating IPs: intent, rows, plan, operations, status (median, min, max)`;
  for (const [name, timing] of times) yield timingLine(name, timing);
  for (const [name, { medianMs }] of times) yield verdict(`P5 whole pass in ms, ${name}`, medianMs, goalMs);
}

async function* benchCold({ resources, fabric, result, nb }: Network): AsyncGenerator<string> {
  await using server = await startOvsdbServer({ schema: 'nb' });
  {
    await using db = await openDatabase({ remotes: [server.remote], database });
    const empty = await db.monitor({ tables: selection() });
    await db.transact(operations(planOf(result, empty.snapshot()).changes));
  }
  const times = await hold({
    name: 'cold',
    rounds: 5,
    entrants: {
      'Berth: connected, loaded, planned, told': () =>
        clock(async () => {
          await using db = await openDatabase({ remotes: [server.remote], database });
          const replica = await db.monitor({ tables: selection() });
          expectNothing(pass(memoryOf(settings), resources, fabric, replica.snapshot()));
        }),
      'ovn-nbctl lr-nat-list': () =>
        clock(() => {
          const args = [`--db=${server.remote}`, '--no-leader-only', 'lr-nat-list', 'vpc-0'];
          if (spawnSync('ovn-nbctl', args).status !== 0) throw new Error('ovn-nbctl failed');
        }),
    },
  });
  yield `P6 first pass, the objects at hand, on an NB that holds ${size} floating IPs and is right (median, min, max)`;
  for (const [name, timing] of times) yield timingLine(name, timing);
  const [ours = 0, native = 0] = [...times.values()].map(({ medianMs }) => medianMs);
  yield verdict('P6 ours, with 0 writes / ovn-nbctl', ours / native, goalOfLoad);
  if (nb.table('NAT').size !== size) throw new Error('rows are missing');
}

function selection(): Readonly<Record<string, 'all'>> {
  return Object.fromEntries([...compiledTables].map((table) => [table, 'all']));
}

/** All of a pass that is computed: how many operations and statuses it would write. */
function pass(memory: PassMemory, resources: ResourceSet, fabric: Fabric, nb: Snapshot): number {
  const { intent, writes, findings: known } = memory.intentOf(resources, fabric, settings);
  const { changes, findings: problems } = memory.planner.plan(intent, nb);
  const findings: readonly Finding[] = [...known, ...problems];
  const { defaultExternalSubnet } = settings;
  const status = memory.statusWrites({ resources, intent, findings, fabric, now, defaultExternalSubnet });
  return writes.length + operations(changes).length + status.length;
}

function expectNothing(count: number): void {
  if (count > 0) throw new Error(`there were ${count} things to write`);
}

function changedAll(resources: ResourceSet): ResourceSet {
  return withWrites(
    resources,
    resources.OvnFip.map((fip) => ({
      verb: 'upsert',
      object: { ...fip, spec: { ...fip.spec, type: 'centralized' } },
    })),
  );
}

if (import.meta.main) for await (const line of benchPass()) console.log(line);
