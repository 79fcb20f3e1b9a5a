import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, labUp } from '@berth/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BridgeLink } from '../openflow/bridge-link.ts';
import { FlowsWatch } from './flows-watch.ts';

const before = process.env['XDG_RUNTIME_DIR'];
const soon = { timeout: 60_000, interval: 50 };
let scratch = '';
let lab: Lab;

beforeAll(async () => {
  // The path is short, as the lab's sockets need it.
  scratch = mkdtempSync('/tmp/fw-');
  process.env['XDG_RUNTIME_DIR'] = scratch;
  lab = await labUp({ name: 'flows', nodes: ['n1'], attached: true });
});

afterAll(async () => {
  await lab.down();
  if (before === undefined) delete process.env['XDG_RUNTIME_DIR'];
  else process.env['XDG_RUNTIME_DIR'] = before;
  rmSync(scratch, { recursive: true });
});

/** Sends a signal to the node's ovs-vswitchd. */
async function signal(name: '-STOP' | '-CONT'): Promise<void> {
  const pid = (await lab.status()).nodes[0]?.daemons['ovs-vswitchd'];
  await lab.exec('central', ['kill', name, String(pid)]);
}

test('flows of a switch that gives no answer are there for a while still, and those of one that ended are not', async () => {
  using link = new BridgeLink({
    path: path.join(lab.host('n1').ovsRundir, 'br-int.mgmt'),
    onPacket: () => undefined,
    onFault: () => undefined,
  });
  const told: (boolean | undefined)[] = [];
  using watch: FlowsWatch = new FlowsWatch({
    link,
    intervalMs: 200,
    silentMs: 9_000,
    onChange: () => told.push(watch.state?.areInstalled),
  });
  await expect.poll(() => told, soon).toEqual([true]);

  await signal('-STOP');
  await expect.poll(() => link.isSilent, soon).toBe(true);
  await sleep(1_000);
  await signal('-CONT');
  await expect.poll(() => link.connection !== undefined, soon).toBe(true);
  await sleep(1_000);
  expect(told).toEqual([true]);

  await signal('-STOP');
  await expect.poll(() => told, soon).toEqual([true, false]);
  await signal('-CONT');
  await expect.poll(() => told, soon).toEqual([true, false, true]);

  await lab.fail([{ kind: 'vswitchd', node: 'n1' }]);
  await expect.poll(() => told, soon).toEqual([true, false, true, false]);
  expect(link.isSilent).toBe(false);
});
