import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { requireKubePrograms } from '@berth/lab';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { floatingIp } from '../../../tests/support/field-story.ts';
import { programFile } from '../../../tests/support/programs.ts';
import {
  type Ended,
  endProgram,
  kubeEnvironment,
  type Run,
  runProgram,
  startRun,
} from '../../../tests/support/run-program.ts';
import { labStatusSchema } from './schema/lab-status.ts';

const story = path.join(import.meta.dirname, '../../../examples/01-field-story');
const nodes = ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'];
const long = { timeout: 120_000, interval: 200 };

let scratch = '';
let environment: NodeJS.ProcessEnv = {};
const running: Run[] = [];

beforeAll(async () => {
  // The path is short, as the lab's sockets need it.
  scratch = mkdtempSync(path.join(tmpdir(), 'bt-'));
  environment = kubeEnvironment(scratch);
  const up = await berth('lab', 'up', '--name', 'taken', '--kube', '--nodes', nodes.join());
  expect(up).toMatchObject({ exitCode: 0 });
});
afterAll(async () => {
  await berth('lab', 'down');
  rmSync(scratch, { recursive: true, force: true });
});

afterEach(async () => {
  for (const { child } of running.splice(0)) await endProgram(child);
});

function berth(...words: readonly string[]): Promise<Ended> {
  return runProgram(programFile('berth'), words, environment);
}

/** kubectl as the lab's administrator. */
async function kubectl(...words: readonly string[]): Promise<void> {
  const { kubeconfig } = await labStatus();
  const program = requireKubePrograms(environment).kubectl ?? 'kubectl';
  const { exitCode, stderr } = await runProgram(
    program,
    ['--kubeconfig', kubeconfig ?? '', ...words],
    environment,
  );
  if (exitCode !== 0) throw new Error(`kubectl ${words.join(' ')}: ${stderr}`);
}

async function labStatus() {
  return labStatusSchema.parse(JSON.parse((await berth('lab', 'status', '-o', 'json')).stdout));
}

/** `berth run` that ends with the test. */
function start(...words: readonly string[]): Run {
  const started = startRun(words, environment);
  running.push(started);
  return started;
}

/** What is on the nodes: pods, and whether each has the provider's bridge. */
async function onNodes(): Promise<unknown> {
  const { pods } = await labStatus();
  const bridges = await Promise.all(
    nodes.map((node) => berth('lab', 'exec', node, '--', 'ovs-vsctl', 'br-exists', 'br-external0')),
  );
  return { pods, bridges: bridges.map(({ exitCode }) => exitCode === 0) };
}

/** Whether the floating IP answers. */
async function answers(): Promise<boolean> {
  return (await berth('lab', 'exec', 'outside', '--', 'ping', '-c2', '-W2', floatingIp)).exitCode === 0;
}

/** The command that lets the cluster follow, as it is said by who waits for it. */
function takeOverCommand({ said }: Run): readonly string[] {
  const text = said().replaceAll(/\s+/g, ' ');
  const [, command = ''] = /say kubectl (\S.*berth\.dev\/take-over=\d+);/.exec(text) ?? [];
  return command.split(' ');
}

const served = { pods: ['default/web'], bridges: [true, true, true] };

test('who waits to take an OVN over from a folder leaves the nodes as they are, and plays them afterwards', async () => {
  const folder = start('-f', story);
  await expect.poll(folder.said, long).toContain('stop with Ctrl-C');
  await endProgram(folder.child);
  expect(await onNodes()).toEqual(served);
  const cluster = start('--kube');
  await expect
    .poll(cluster.said, long)
    .toMatch(/^waiting: berth with a folder .*looked after this OVN last/m);
  expect(cluster.said()).not.toContain('error:');
  // Long enough for turns of the nodes, and for a mending one.
  await sleep(4_000);
  expect(await onNodes()).toEqual(served);
  expect(await answers()).toBe(true);
  await kubectl('apply', '--server-side', '-f', story);
  await kubectl(...takeOverCommand(cluster));
  await expect.poll(cluster.said, long).toContain('watching the cluster');
  await kubectl('delete', 'ovn-fip/web', 'pod/web', '--timeout=60s');
  await expect.poll(onNodes, long).toEqual({ ...served, pods: [] });
});

test('a folder’s run that is overtaken leaves the nodes to the cluster', async () => {
  const folder = start('-f', story, '--move-state');
  await expect.poll(folder.said, long).toContain('stop with Ctrl-C');
  const cluster = start('--kube');
  await expect.poll(cluster.said, long).toMatch(/^waiting: .*looked after this OVN last/m);
  await sleep(2_000);
  expect(await onNodes()).toEqual(served);
  // Without a flag a command means whichever of the two leads.
  expect(await berth('get', 'fip', '-o', 'name')).toMatchObject({
    stdout: expect.stringContaining('/web'),
    stderr: expect.stringMatching(/^asking the folder \S+01-field-story; .*does not lead: --kube$/m),
  });
  await kubectl(...takeOverCommand(cluster));
  await expect.poll(() => folder.child.exitCode, long).toBe(2);
  expect(folder.said()).toContain('another controller has taken over this OVN');
  await expect.poll(onNodes, long).toEqual({ ...served, pods: [] });
  const asked = await berth('get', 'fip', '-o', 'name');
  expect(asked.stdout).toBe('');
  expect(asked.stderr).toMatch(
    /^asking the cluster of lab\/taken, which leads; to ask the folder \S+01-field-story: --state \S+$/m,
  );
  expect(asked.stderr).not.toContain('led-elsewhere');
});
