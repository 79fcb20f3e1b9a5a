import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allAnswers } from '@berth/lab';
import { NodeFault, nodeSentry, type Sentry } from '@berth/node';
import { folderAgentBoard } from '@berth/source';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type GatewayLab, gatewayLab, startGatewayLab } from './gateway-lab.ts';

type Gateway = 'n1' | 'n2';

const { ip } = gatewayLab.central;
let stage: GatewayLab;
let folder: string;
let started = 0;
const faults: string[] = [];

beforeAll(async () => {
  stage = await startGatewayLab(`releases-${process.pid}`);
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-releases-'));
  faults.length = 0;
  await giveBack();
});
afterEach(() => rm(folder, { recursive: true, force: true }));
afterAll(() => stage?.[Symbol.asyncDispose]());

/** The agent of a node, as a new process. */
function agentOf(node: Gateway): Promise<Sentry> {
  started += 1;
  return nodeSentry({
    host: stage.lab.host(node),
    instance: 'default',
    board: folderAgentBoard({ stateFolder: folder, node }),
    memoryFile: join(folder, `${node}.json`),
    agent: `agent-${started}`,
    now: () => new Date().toISOString(),
    onFault: (fault) => faults.push(`${node} ${fault instanceof NodeFault ? fault.code : String(fault)}`),
    heartbeatMs: 250,
  });
}

/** The nodes that answer for the floating IP, as everyone outside is asked. */
async function answering(): Promise<readonly (string | null)[]> {
  const [all] = await allAnswers(stage.lab, [ip]);
  return (all?.answerers ?? []).map(({ node }) => node).toSorted();
}

async function controllerOf(node: Gateway, signal: 'STOP' | 'CONT'): Promise<void> {
  await stage.run(node, `kill -${signal} "$(cat "$OVN_RUNDIR/ovn-controller.pid")"`);
}

/** Gives the gateway port to n1. Nobody may look after n2, which has to let go all the same. */
async function giveBack(): Promise<void> {
  await stage.prefer('n1');
  await claimedBy('n1');
  await stage.run('n2', 'ovn-appctl -t ovn-controller inc-engine/recompute');
  await expect.poll(answering).toEqual(['n1']);
}

async function claimedBy(node: Gateway): Promise<void> {
  const find = `ovn-sbctl --bare --columns`;
  const row = await stage.run('central', `${find}=_uuid find Chassis name=${stage.chassis(node)}`);
  const claim = () => stage.run('central', `${find}=chassis find Port_Binding logical_port=cr-vpc1-ext`);
  await expect.poll(claim).toBe(row);
}

/** Gives the gateway port to n2 so that n1 looks at it only after n2 has claimed it, as it may come on a busy machine; all have followed at the end. */
async function overtake(): Promise<void> {
  await controllerOf('n1', 'STOP');
  try {
    await stage.prefer('n2');
    await claimedBy('n2');
  } finally {
    await controllerOf('n1', 'CONT');
  }
  await stage.run('central', 'ovn-nbctl --timeout=60 --wait=hv sync');
}

/** Until the agent has noted that the gateway port is on its node. */
async function knowsItsPort(agent: Sentry): Promise<void> {
  await expect.poll(() => agent.isConnected).toBe(true);
  await expect
    .poll(async () => stage.run('central', `grep -c cr-vpc1-ext '${join(folder, 'n1.json')}' || true`))
    .toBe('1');
}

/**
 * Overtakes n1 until it did not notice. Where that takes long, as on a busy machine, SB gives n1 up meanwhile, and it works everything out anew
 * when it comes back.
 */
async function overtakeUnnoticed({
  before,
  isUnnoticed,
}: {
  readonly before?: () => Promise<void>;
  readonly isUnnoticed: () => Promise<boolean>;
}): Promise<void> {
  for (let turn = 0; turn < 6; turn++) {
    await before?.();
    await overtake();
    if (await isUnnoticed()) return;
    await giveBack();
  }
  throw new Error('n1 noticed each time');
}

test('a former gateway that is overtaken keeps its flows until its agent has them worked out anew', async () => {
  await using former = await agentOf('n1');
  await using next = await agentOf('n2');
  await overtakeUnnoticed({
    before: () => knowsItsPort(former),
    async isUnnoticed() {
      await expect.poll(answering).toEqual(['n2']);
      return faults.length > 0;
    },
  });
  expect(faults).toEqual(['n1 gateway-kept']);
  expect(next.isConnected).toBe(true);
});

test('without an agent it goes on answering, and an agent that comes later ends that too', async () => {
  {
    await using before = await agentOf('n1');
    await knowsItsPort(before);
  }
  await overtakeUnnoticed({ isUnnoticed: async () => (await answering()).length > 1 });
  expect(await answering()).toEqual(['n1', 'n2']);
  await using _after = await agentOf('n1');
  await expect.poll(answering).toEqual(['n2']);
  expect(faults).toEqual(['n1 gateway-kept']);
});

test('a gateway that lets go in good order is asked for nothing', async () => {
  await using former = await agentOf('n1');
  await knowsItsPort(former);
  await stage.prefer('n2');
  await claimedBy('n2');
  await expect.poll(answering).toEqual(['n2']);
  // The memory says so once it was looked.
  await expect
    .poll(async () => stage.run('central', `cat '${join(folder, 'n1.json')}'`))
    .toContain('"gateways":{}');
  expect(faults).toEqual([]);
});
