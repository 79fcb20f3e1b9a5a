import { rowUuid } from '@berth/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defaultWatchTimes } from '../nodes/node-watch.ts';
import { claimPort } from '../testing/chassis.ts';
import { fieldNodes, startWatchedBench, type WatchedBench } from '../testing/watched-bench.ts';
import { memoryOf } from './memory.ts';
import { type PassInput, pass } from './pass.ts';

const [workload] = fieldNodes;
const gatewayPort = 'vpc1-external0';

let watched: WatchedBench;
let input: PassInput;

beforeEach(async () => {
  watched = await startWatchedBench(defaultWatchTimes);
  input = { ...watched.input, memory: memoryOf(watched.input.settings) };
  await claimPort(watched.bench.sb.remote, 'web.default', `chassis-${workload}`);
  await expect.poll(() => readyWhile(true)).toBe('True Programmed');
});
afterEach(() => watched[Symbol.asyncDispose]());

/** The condition Ready of the floating IP after a pass, while ovn-controller of its workload's node runs or not. */
async function readyWhile(running: boolean): Promise<string> {
  for (const node of fieldNodes) {
    const ovnController = { running: node !== workload || running, connected: true, flowsInstalled: true };
    watched.board.tell(node, { chassis: `chassis-${node}`, ovnController });
  }
  await input.nodes?.read();
  await pass(input);
  const [fip] = (await input.source.list()).resources.OvnFip;
  const ready = fip?.status?.conditions?.find(({ type }) => type === 'Ready');
  return `${ready?.status} ${ready?.reason}`;
}

/** A router port learns of its neighbour, as SB has it. */
async function learn(port: string): Promise<void> {
  const datapath = rowUuid('Datapath_Binding', ['web.default']);
  const row = { logical_port: port, ip: '10.9.101.1', mac: '0a:00:00:00:00:01', datapath };
  const { size } = bindings();
  await input.ovn.sb.transact([{ op: 'insert', table: 'MAC_Binding', row }]);
  await expect.poll(() => bindings().size).toBe(size + 1);
}

const bindings = () => input.ovn.southbound.snapshot().table('MAC_Binding');

test('a floating IP is dark on a node that stood still before its router had learned of anybody outside', async () => {
  await learn('another-port');
  expect(await readyWhile(false)).toBe('False NodeFrozen');
  // The node is not told any more.
  await learn(gatewayPort);
  expect(await readyWhile(false)).toBe('False NodeFrozen');
  expect(await readyWhile(true)).toBe('True Programmed');
});

test('what a node had learned it keeps while it stands still, though SB forgets it', async () => {
  await learn(gatewayPort);
  expect(await readyWhile(false)).toBe('True Programmed');
  await input.ovn.sb.transact([{ op: 'delete', table: 'MAC_Binding', where: [] }]);
  await expect.poll(() => bindings().size).toBe(0);
  expect(await readyWhile(false)).toBe('True Programmed');
  expect(await readyWhile(true)).toBe('True Programmed');
  expect(await readyWhile(false)).toBe('False NodeFrozen');
});
