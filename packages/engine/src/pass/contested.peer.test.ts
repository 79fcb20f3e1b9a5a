import { lingersPrefix } from '@berth/api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defaultWatchTimes } from '../nodes/node-watch.ts';
import { fieldNodes, startWatchedBench, type WatchedBench } from '../testing/watched-bench.ts';
import { memoryOf } from './memory.ts';
import { type PassInput, pass } from './pass.ts';

const [workload, former] = fieldNodes;
const ip = '10.9.101.9';

let watched: WatchedBench;
let input: PassInput;

beforeEach(async () => {
  watched = await startWatchedBench(defaultWatchTimes);
  input = { ...watched.input, memory: memoryOf(watched.input.settings) };
});
afterEach(() => watched[Symbol.asyncDispose]());

/** NB is at 7, and took the address from a chassis with change 6; how far that one got is given, the others keep up. */
async function takeAddress(done: number): Promise<void> {
  const { nb, sb } = input.ovn;
  const mark = new Map([
    [`${lingersPrefix}${ip}/external0/chassis-${former}`, '6 0a:00:00:00:00:01 ovn-fip/web'],
  ]);
  await nb.transact([
    { op: 'update', table: 'NB_Global', where: [], row: { nb_cfg: 7 } },
    { op: 'mutate', table: 'NB_Global', where: [], mutations: [['external_ids', 'insert', mark]] },
  ]);
  for (const node of fieldNodes) {
    const row = { name: `chassis-${node}`, nb_cfg: node === former ? done : 7 };
    await sb.transact([{ op: 'insert', table: 'Chassis_Private', row }]);
  }
}

/** A pass after every agent gave a sign of life, that of the former node with what it says of ovn-controller; gives what is contested then. */
async function contestedWhile(running: boolean): Promise<readonly string[]> {
  for (const node of fieldNodes) {
    const ovnController = { running: node !== former || running, connected: true, flowsInstalled: true };
    watched.board.tell(node, { chassis: `chassis-${node}`, ovnController });
  }
  await input.nodes?.read();
  await pass(input);
  const { addresses = [] } = watched.board.orders.get(workload)?.spec ?? {};
  return addresses.flatMap(({ contested = [] }) => contested);
}

test('an address is contested until the chassis that stood still has carried out that it is taken', async () => {
  await contestedWhile(true);
  await takeAddress(5);
  expect(await contestedWhile(true)).toEqual([]);
  expect(await contestedWhile(false)).toEqual([ip]);
  // It runs again, with the flows of before.
  expect(await contestedWhile(true)).toEqual([ip]);
  const where = [['name', '==', `chassis-${former}`]] as const;
  await input.ovn.sb.transact([{ op: 'update', table: 'Chassis_Private', where, row: { nb_cfg: 7 } }]);
  expect(await contestedWhile(true)).toEqual([]);
});
