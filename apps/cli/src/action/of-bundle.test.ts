import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ovnWorld } from '../../../../packages/core/src/testing/ovn-world.ts';
import { identityOf } from '../../../../packages/lab/src/registry/process.ts';
import { bundleJson } from '../bundle/bundle.ts';

const root = path.join(import.meta.dirname, '../../../..');
let scratch = '';

/** Two labs as far as a registry tells, which live as long as this process. */
beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'berth-bundle-'));
  for (const name of ['one', 'two']) {
    const directory = path.join(scratch, 'berth/labs', name);
    mkdirSync(directory, { recursive: true });
    const entry = { version: 1, init: identityOf(process.pid), plan: { name, directory } };
    writeFileSync(path.join(directory, 'lab.json'), JSON.stringify(entry));
  }
  const bundle = {
    savedAt: '2026-01-01T00:00:00Z',
    ...ovnWorld({
      nodes: [{ name: 'a' }],
      externals: [{ name: 'ext' }],
      routers: [{ name: 'r', gatewayPorts: [{ external: 'ext', members: [['a', 1]] }], subnets: [] }],
    }),
    reports: [],
    objects: undefined,
  };
  writeFileSync(path.join(scratch, 'ovn.bundle'), JSON.stringify(bundleJson(bundle)));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function berth(...argv: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(path.join(root, 'bin/berth'), [...argv, '-o', 'json'], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: scratch, XDG_RUNTIME_DIR: scratch, XDG_STATE_HOME: scratch },
  });
  return { status, stdout, stderr };
}

test.each([
  [['status'], 'Status'],
  [['get', 'vpcs'], 'List'],
])('%s of a bundle asks for no lab, however many run', (argv, kind) => {
  expect(berth(...argv).stderr).toContain('several labs are running: one, two');
  const told = berth(...argv, '--bundle', path.join(scratch, 'ovn.bundle'));
  expect(told).toMatchObject({ status: 0, stderr: expect.not.stringContaining('error') });
  expect(JSON.parse(told.stdout)).toMatchObject({ kind });
});
