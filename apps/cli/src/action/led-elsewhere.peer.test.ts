import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { type OvsdbServer, startOvsdbServer } from '@berth/ovsdb/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { programFile } from '../../../../tests/support/programs.ts';
import { statusSchema } from '../schema/status.ts';

const story = path.join(import.meta.dirname, '../../../../examples/01-field-story');
let scratch = '';
let servers: readonly OvsdbServer[] = [];

beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'berth-led-'));
  servers = await Promise.all([startOvsdbServer({ schema: 'nb' }), startOvsdbServer({ schema: 'sb' })]);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  rmSync(scratch, { recursive: true, force: true });
});

/** A command with a state of this name. */
function berth(state: string, ...argv: readonly string[]) {
  const [nb, sb] = servers;
  const where = ['--nb', `${nb?.remote}`, '--sb', `${sb?.remote}`, '--state', path.join(scratch, state)];
  const env = { PATH: process.env['PATH'], HOME: scratch };
  const { status, stdout, stderr } = spawnSync(programFile('berth'), [...argv, ...where], {
    ...{ encoding: 'utf8', env },
  });
  return { status, stdout, stderr: stderr.replaceAll(/\s+/g, ' ') };
}

function answer(state: string) {
  return statusSchema.parse(JSON.parse(berth(state, 'status', '-o', 'json').stdout));
}

/** The floating IPs with what is said of them, but for their age. */
function listed(state: string, ...argv: readonly string[]) {
  const { stdout, ...rest } = berth(state, 'get', 'fip', ...argv);
  return { ...rest, stdout: stdout.replaceAll(/\d+s$/gm, 'AGE') };
}

test('who asks with objects that are not in force is told who leads, and how to ask, and they are not judged by', () => {
  berth('one', 'apply', '-f', story, '--timeout', '200');
  const own = { name: `state/${hostname()}:${path.join(scratch, 'one')}`, other: false };
  expect(answer('one')).toMatchObject({ lead: own, toldBy: 'objects', controller: { waiting: null } });
  const since = answer('one').lead?.since;
  berth('one', 'apply', '-f', story, '--timeout', '200');
  expect(answer('one')).toMatchObject({ lead: { since }, controller: { epoch: 2 } });
  expect(listed('one', '-f', story)).toEqual(listed('one'));

  berth(
    'two',
    'apply',
    '-f',
    path.join(story, '02-external-network.yaml'),
    '--move-state',
    '--timeout',
    '200',
  );
  const told = answer('one');
  const two = path.join(scratch, 'two');
  expect(told).toMatchObject({
    ...{ lead: { name: `state/${hostname()}:${two}`, other: true }, toldBy: 'rows' },
    ...{ missing: [], otherwise: [], floatingIps: [] },
    findings: [{ code: 'led-elsewhere', cure: expect.stringContaining(`ask with --state ${two}`) }],
  });
  expect(berth('one', 'status').stdout).toMatch(
    /^led by +berth with a folder \(its state is .*\/two\) since 20/m,
  );
  expect(berth('one', 'get', 'fip')).toMatchObject({
    ...{ status: 0, stdout: '' },
    stderr: expect.stringContaining('the objects of the state'),
  });
  expect(listed('one', '-f', story)).toEqual(listed('one'));
  expect(answer('two')).toMatchObject({ lead: { other: false }, toldBy: 'objects' });
  // Who has no objects is told who leads, and there is nothing of his that would not be in force.
  expect(answer('three')).toMatchObject({
    lead: { other: true },
    findings: [],
    controller: { running: false },
  });
});
