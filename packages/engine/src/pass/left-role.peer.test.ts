import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formerOrderPrefix, takenPrefix } from '@berth/api';
import { rowUuid } from '@berth/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defaultWatchTimes } from '../nodes/node-watch.ts';
import { claimGateway } from '../testing/chassis.ts';
import { fieldNodes, startWatchedBench, type WatchedBench } from '../testing/watched-bench.ts';
import { memoryOf } from './memory.ts';
import { type PassInput, type PassResult, pass } from './pass.ts';

const port = 'cr-vpc1-external0';
let watched: WatchedBench;
let input: PassInput;

beforeEach(async () => {
  watched = await startWatchedBench(defaultWatchTimes);
  input = { ...watched.input, memory: memoryOf(watched.input.settings) };
});
afterEach(() => watched[Symbol.asyncDispose]());

/** A pass after every agent but a late one gave a sign of life; the ovn-controller of `hanging` is there and connected to nobody. */
async function passWith(hanging?: string, late?: string): Promise<PassResult> {
  for (const node of fieldNodes) {
    if (node === late) continue;
    const ovnController = { running: true, connected: node !== hanging, flowsInstalled: true };
    watched.board.tell(node, { chassis: `chassis-${node}`, ovnController });
  }
  await input.nodes?.read();
  return await pass(input);
}

const global = () => [...input.ovn.northbound.snapshot().table('NB_Global')][0];
const marks = () => [...(global()?.external_ids.keys() ?? [])].filter((key) => key.startsWith(takenPrefix));

/** The node that NB prefers as the gateway. */
function preferred(): string {
  const members = [...input.ovn.northbound.snapshot().table('Gateway_Chassis')];
  const [first] = members.sort((left, right) => right.priority - left.priority);
  return first?.chassis_name.replace('chassis-', '') ?? '';
}

/** All but `behind` have carried out what NB has. */
async function carryOut(behind?: string): Promise<void> {
  for (const node of fieldNodes) {
    if (node === behind) continue;
    const where = [['name', '==', `chassis-${node}`]] as const;
    const row = { nb_cfg: global()?.nb_cfg ?? 0 };
    await input.ovn.sb.transact([{ op: 'update', table: 'Chassis_Private', where, row }]);
  }
}

async function claim(node: string): Promise<void> {
  const chassis = rowUuid('Chassis', [`chassis-${node}`]);
  const where = [['logical_port', '==', port]] as const;
  await input.ovn.sb.transact([{ op: 'update', table: 'Port_Binding', where, row: { chassis } }]);
}

/** Takes the label of a gateway from a node, or gives it back. */
async function label(node: string, isGateway: boolean): Promise<void> {
  const file = join(watched.bench.folder, '01-nodes.yaml');
  const texts = (await readFile(file, 'utf8')).split('---\n').map((text) => {
    if (!text.includes(`name: ${node}\n`)) return text;
    return text.replace(/external-gw: "\w+"/, `external-gw: "${isGateway}"`);
  });
  await writeFile(file, texts.join('---\n'));
}

/** A gateway serves, and everybody has carried out what NB has. */
async function startServing(): Promise<string> {
  const fip = join(watched.bench.folder, '05-floating-ip.yaml');
  await writeFile(fip, `${await readFile(fip, 'utf8')}  type: centralized\n`);
  await passWith();
  const former = preferred();
  await claimGateway(watched.bench.sb.remote, port, `chassis-${former}`);
  for (const node of fieldNodes)
    await input.ovn.sb.transact([
      { op: 'insert', table: 'Chassis_Private', row: { name: `chassis-${node}`, nb_cfg: 0 } },
    ]);
  await carryOut();
  await passWith();
  await carryOut();
  return former;
}

const codesOf = ({ findings }: PassResult) =>
  findings
    .filter(({ code }) => code === 'two-answerers' || code === 'address-lingers')
    .map(({ code, object }) => `${code} ${object?.kind}/${object?.name}`);

test('a gateway that hangs while its role moves answers beside the next one, and that is told until it goes along', async () => {
  const former = await startServing();
  const number = global()?.nb_cfg ?? 0;
  await label(former, false);
  await passWith(former);
  expect(preferred()).not.toBe(former);
  expect([global()?.nb_cfg, marks().length]).toEqual([number + 1, 1]);
  await claim(preferred());
  await carryOut(former);
  await passWith(former);
  watched.wait(3_000);
  // It stands still, and what lives on there is told once that has lasted.
  expect(codesOf(await passWith(former))).toEqual([]);
  watched.wait(3_000);
  const told = await passWith(former);
  expect(codesOf(told)).toEqual(['two-answerers OvnFip/web', 'two-answerers Vpc/vpc1']);
  expect(told.written.transactions).toBe(0);

  await carryOut();
  expect(codesOf(await passWith())).toEqual([]);
  expect(marks()).toEqual([]);
});

test('of a gateway that hangs nothing is taken back, and nobody hears of it anew, while its agent is late', async () => {
  const former = await startServing();
  await passWith(former);
  watched.wait(3_000);
  await passWith(former);
  await label(former, false);
  await passWith(former);
  await claim(preferred());
  await carryOut(former);
  await passWith(former);
  watched.wait(3_000);
  const told = await passWith(former);
  expect(codesOf(told)).toEqual(['two-answerers OvnFip/web', 'two-answerers Vpc/vpc1']);
  for (let turn = 0; turn < 3; turn++) {
    watched.wait(defaultWatchTimes.silentMs);
    for (const late of [former, undefined]) {
      const again = await passWith(former, late);
      expect(codesOf(again)).toEqual(codesOf(told));
      expect(again).toMatchObject({ notices: [], statusWrites: 0, written: { transactions: 0 } });
    }
  }

  // It goes along again, which SB tells before its agent does.
  await carryOut();
  watched.wait(defaultWatchTimes.silentMs);
  expect(codesOf(await passWith(former, former))).toEqual([]);
});

test('a role that moves between gateways that keep up is told of by nobody, and at rest nothing is written', async () => {
  const former = await startServing();
  await label(former, false);
  expect(codesOf(await passWith())).toEqual([]);
  await claim(preferred());
  await carryOut();
  expect(codesOf(await passWith())).toEqual([]);
  const rest = global();
  expect(marks()).toEqual([]);
  await passWith();
  expect(global()).toBe(rest);
});

test('the gateways of before are remembered by the router port, and a floating IP is dark whose node hangs and knows those', async () => {
  const former = await startServing();
  const [worker = ''] = fieldNodes;
  const bound = {
    ...{ logical_port: 'web.default', tunnel_key: 2, datapath: rowUuid('Datapath_Binding', [port]) },
    chassis: rowUuid('Chassis', [`chassis-${worker}`]),
  };
  const { datapath } = bound;
  const outside = { logical_port: 'vpc1-external0', ip: '10.9.101.1', mac: '0a:00:00:00:00:01', datapath };
  await input.ovn.sb.transact([
    { op: 'insert', table: 'Port_Binding', row: bound },
    { op: 'insert', table: 'MAC_Binding', row: outside },
  ]);
  const orders = () =>
    [...input.ovn.northbound.snapshot().table('Logical_Router_Port')].flatMap(({ external_ids: ids }) =>
      [...ids]
        .filter(([key]) => key.startsWith(formerOrderPrefix))
        .map(([, chassis]) => chassis.split(' ')[0]),
    );
  const isReady = async (hanging?: string): Promise<string> => {
    await passWith(hanging);
    const { resources } = (await passWith(hanging)).listing;
    const condition = resources.OvnFip[0]?.status?.conditions?.find(({ type }) => type === 'Ready');
    return `${condition?.status} ${condition?.reason}: ${condition?.message}`;
  };
  await label(former, false);
  await passWith(worker);
  expect(orders()).toEqual([`chassis-${former}`]);
  await claim(preferred());
  await carryOut(worker);
  await passWith(worker);
  watched.wait(3_000);
  // One that left the group has ended its side of BFD, so that the node sends to the next one that it knows.
  expect(await isReady(worker)).toMatch(/^True Programmed/);
  await label(former, true);
  await passWith(worker);
  await carryOut(worker);
  await passWith(worker);
  watched.wait(3_000);
  expect(await isReady(worker)).toMatch(
    new RegExp(
      `^False NodeFrozen: .* answers, but ${worker}, .* knows the gateways as they were before \\(${former}`,
    ),
  );
  expect((await passWith(worker)).written.transactions).toBe(0);

  await carryOut();
  expect(await isReady()).toMatch(/^True Programmed/);
});
