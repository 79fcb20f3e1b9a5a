import { afterEach, beforeEach, expect, test } from 'vitest';
import { openController } from '../testing/bench.ts';
import { fieldNodes, startWatchedBench, type WatchedBench } from '../testing/watched-bench.ts';
import { type PassInput, pass } from './pass.ts';

const [workload, first] = fieldNodes;

let watched: WatchedBench;
let controller: WatchedBench['controller'];
let board: WatchedBench['board'];
let input: PassInput;

beforeEach(async () => {
  watched = await startWatchedBench({
    silentMs: 3_000,
    holdMs: 3_000,
    lagMs: 1_000,
    checkMs: 3_000,
    stillMs: 3_000,
  });
  ({ controller, board, input } = watched);
});
afterEach(() => watched[Symbol.asyncDispose]());

const south = () => controller.ovn.southbound.snapshot();
const chassis = () => [...south().table('Chassis')].map(({ hostname }) => hostname).sort();

/** Those that live say so, and see the others that live and not the one that does not. */
async function tell(living: readonly string[]): Promise<void> {
  for (const node of living) {
    const tunnels = fieldNodes
      .filter((other) => other !== node)
      .map((other) => ({ chassis: `chassis-${other}`, up: living.includes(other) }));
    board.tell(node, { chassis: `chassis-${node}`, tunnels });
  }
  await input.nodes?.read();
}

test('every node has its order, with the epoch of the controller', async () => {
  await tell(fieldNodes);
  await pass(input);
  expect([...board.orders.keys()].sort()).toEqual(fieldNodes);
  const order = board.orders.get(workload)?.spec;
  expect(order?.epoch).toBe(controller.fence.epoch);
  expect(order?.addresses.map(({ pairs }) => pairs)).toEqual(['10.9.101.9 192.168.0.4']);
});

test('the rows of a dead chassis go once it is asked and does not answer; the others stay', async () => {
  const { sb } = controller.ovn;
  const carryOut = async (living: readonly string[]): Promise<void> => {
    const [row] = controller.ovn.northbound.snapshot().table('NB_Global');
    const nb_cfg = row?.nb_cfg ?? 0;
    await sb.transact([{ op: 'update', table: 'SB_Global', where: [], row: { nb_cfg } }]);
    for (const node of living)
      await sb.transact([
        {
          op: 'update',
          table: 'Chassis_Private',
          where: [['name', '==', `chassis-${node}`]],
          row: { nb_cfg },
        },
      ]);
  };
  for (const node of fieldNodes)
    await sb.transact([{ op: 'insert', table: 'Chassis_Private', row: { name: `chassis-${node}` } }]);
  // Both gateways are members before any agent tells of tunnels.
  await pass(input);
  await tell(fieldNodes);
  await pass(input);
  await carryOut(fieldNodes);
  const living = [workload, first];
  watched.wait(3_000);
  await tell(living);
  const [before] = controller.ovn.northbound.snapshot().table('NB_Global');
  await pass(input);
  const [asked] = controller.ovn.northbound.snapshot().table('NB_Global');
  expect(asked?.nb_cfg).toBe((before?.nb_cfg ?? 0) + 1);
  await carryOut(living);
  await pass(input);
  expect(chassis()).toEqual(fieldNodes);
  watched.wait(1_000);
  await tell(living);
  const last = await pass(input);
  expect(chassis()).toEqual(living);
  expect([...south().table('Chassis_Private')].map(({ name }) => name).sort()).toEqual(
    living.map((node) => `chassis-${node}`),
  );
  const [after] = controller.ovn.northbound.snapshot().table('NB_Global');
  const next = await pass(input);
  const left = [last, next].flatMap(({ plan }) =>
    plan.changes.filter(({ verb, table }) => verb === 'delete' && table === 'Gateway_Chassis'),
  );
  expect(left).toHaveLength(1);
  const [quiet] = controller.ovn.northbound.snapshot().table('NB_Global');
  expect(quiet?.nb_cfg).toBe(after?.nb_cfg);
});

test('what a router learned of an address of ours and is wrong goes; foreign neighbours stay', async () => {
  await pass(input);
  const bindings = ['10.9.101.9', '10.9.101.1'].map((ip, place) => ({
    op: 'insert' as const,
    table: 'MAC_Binding',
    row: { ip, mac: '0a:00:00:00:00:01', logical_port: `other-${place}`, datapath: datapath() },
  }));
  await controller.ovn.sb.transact([
    { op: 'insert', table: 'Datapath_Binding', uuid: datapath(), row: { tunnel_key: 1 } },
    ...bindings,
  ]);
  await pass(input);
  expect([...south().table('MAC_Binding')].map(({ ip }) => ip)).toEqual(['10.9.101.1']);
});

test('a controller that was replaced changes nothing in SB', async () => {
  await pass(input);
  await using later = await openController({
    ...watched.bench,
    stateFolder: `${watched.bench.stateFolder}-2`,
  });
  await expect(
    controller.fence.transactSouth([{ op: 'delete', table: 'Chassis', where: [] }]),
  ).rejects.toMatchObject({
    code: 'fenced',
  });
  expect(chassis()).toEqual(fieldNodes);
  expect(later.fence.epoch).toBeGreaterThan(controller.fence.epoch);
});

function datapath() {
  return '00000000-0000-4000-8000-0000000000aa' as never;
}
