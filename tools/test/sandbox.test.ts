import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { runMark } from './inventory.ts';
import { Sandbox } from './sandbox.ts';

function openSandbox(): Sandbox {
  const sandbox = new Sandbox({ settleMs: 300, alone: false });
  onTestFinished(() => rmSync(dirname(sandbox.scratch), { recursive: true, force: true }));
  return sandbox;
}

test('a run that leaves nothing passes, and its folder is gone', async () => {
  const sandbox = openSandbox();
  writeFileSync(join(sandbox.scratch, 'unit.json'), '{}');
  expect(await sandbox.leakCheck()).toMatchObject({ passed: 1, failed: 0 });
  expect(existsSync(sandbox.scratch)).toBe(false);
});

test('a process, a temporary folder and a lab that are left are named', async () => {
  const sandbox = openSandbox();
  const child = spawn('sleep', ['30'], { env: { ...sandbox.env } });
  onTestFinished(() => void child.kill());
  mkdirSync(join(sandbox.env['TMPDIR'] ?? '', 'ovsdb-x'));
  mkdirSync(join(sandbox.env['XDG_RUNTIME_DIR'] ?? '', 'berth/labs/lab-x'), { recursive: true });
  const result = await sandbox.leakCheck();
  expect(result).toMatchObject({ passed: 0, failed: 1 });
  for (const left of [`process ${child.pid} sleep 30`, '/tmp/ovsdb-x', '/run/berth/labs/lab-x']) {
    expect(result.output).toContain(left);
  }
});

test('settings of the user do not reach a run', () => {
  const settings = { BERTH_LAB: 'mine', OVN_NB_DB: 'tcp:127.0.0.1:1', KUBECONFIG: '/mine', FORCE_COLOR: '1' };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  vi.stubEnv('LC_ALL', 'xx_XX.UTF-8');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { env } = openSandbox();
  expect(Object.keys(env).filter((name) => name.startsWith('BERTH_'))).toEqual([runMark]);
  for (const name of Object.keys(settings)) expect(env).not.toHaveProperty(name);
  expect(env).toMatchObject({ LC_ALL: 'C.UTF-8', TZ: 'UTC' });
});
