import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, labUp } from '@berth/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BridgeLink } from './bridge-link.ts';
import { flowOf } from './flow.ts';

const before = process.env['XDG_RUNTIME_DIR'];
let scratch = '';
let lab: Lab;

beforeAll(async () => {
  // The path is short, as the lab's sockets need it.
  scratch = mkdtempSync('/tmp/bl-');
  process.env['XDG_RUNTIME_DIR'] = scratch;
  lab = await labUp({ name: 'link', nodes: ['n1'], attached: true });
});

afterAll(async () => {
  await lab.down();
  if (before === undefined) delete process.env['XDG_RUNTIME_DIR'];
  else process.env['XDG_RUNTIME_DIR'] = before;
  rmSync(scratch, { recursive: true });
});

test('a flow that times out is kept for as long as somebody wants it, and no longer', async () => {
  const bridge = 'add-br br-test -- set Bridge br-test datapath_type=netdev';
  const made = await lab.exec('n1', ['ovs-vsctl', '--timeout=10', ...bridge.split(' ')]);
  expect(made.exitCode, made.stderr).toBe(0);
  const present = async (): Promise<boolean> => {
    const { stdout } = await lab.exec('n1', ['ovs-ofctl', 'dump-flows', 'br-test']);
    return stdout.includes('priority=77');
  };
  const faults: unknown[] = [];
  const link = new BridgeLink({
    path: path.join(lab.host('n1').ovsRundir, 'br-test.mgmt'),
    onPacket: () => undefined,
    onFault: (fault) => faults.push(fault),
    checkMs: 200,
  });
  link.want([flowOf({ priority: 77, match: {}, outputs: [], hardTimeoutSec: 10 })]);
  await expect.poll(present).toBe(true);
  for (let tenths = 0; tenths < 150; tenths++) {
    expect(await present()).toBe(true);
    await sleep(100);
  }
  link[Symbol.dispose]();
  await expect.poll(present).toBe(false);
  expect(faults).toEqual([]);
});
