import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { programFile } from '../../../tests/support/programs.ts';
import { eventSchema } from './schema/run-line.ts';

const root = path.join(import.meta.dirname, '../../..');
const berthProgram = programFile('berth');
const soon = { timeout: 60_000, interval: 100 };
/** An address that a machine outside has. */
const taken = '10.9.101.77';

let scratch: string;
let folder: string;
let environment: NodeJS.ProcessEnv;
let controller: ChildProcess;
let stdout = '';

beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'br-'));
  folder = path.join(scratch, 'folder');
  cpSync(path.join(root, 'examples/13-strict'), folder, { recursive: true });
  edit('05-policy.yaml', (text) => text.replace('drainSeconds: 30', 'drainSeconds: 6'));
  environment = {
    PATH: process.env['PATH'],
    HOME: scratch,
    XDG_RUNTIME_DIR: scratch,
    XDG_STATE_HOME: scratch,
  };
  berth('lab', 'up', '--name', 'reliable', '--nodes', 'node-1,node-2,node-3');
  controller = spawn(berthProgram, ['run', '-f', folder, '-o', 'json'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  controller.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  await vi.waitFor(() => expect(told('web')).toMatch(/^Programmed: .*node-\d answers/), soon);
});
afterAll(async () => {
  const ended = new Promise((resolve) => controller.on('exit', resolve));
  controller.kill('SIGINT');
  await ended;
  berth('lab', 'down');
  rmSync(scratch, { recursive: true, force: true });
});

function berth(...argv: readonly string[]): string {
  const {
    status,
    stdout: said,
    stderr,
  } = spawnSync(berthProgram, argv, { encoding: 'utf8', env: environment });
  expect(status, stderr).toBe(0);
  return said;
}

function edit(file: string, change: (text: string) => string): void {
  const at = path.join(folder, file);
  writeFileSync(at, change(readFileSync(at, 'utf8')));
}

/** What `run` told of an object last, `Reason: message`. */
function told(name: string): string | undefined {
  const lines = stdout.split('\n').filter((line) => line.includes('"kind":"Event"'));
  const events = lines.map((line) => eventSchema.parse(JSON.parse(line)));
  const last = events.findLast(({ object }) => object.name === name);
  return last && `${last.reason}: ${last.message}`;
}

function outside(script: string): void {
  berth('lab', 'exec', 'outside', '--', 'bash', '-ec', script);
}

const device = "device=$(ip -o addr show to 10.9.101.1 | awk '{print $2}')";

test('an address that a machine outside has is not used until it is free', async () => {
  outside(`${device}; ip addr add ${taken}/24 dev $device`);
  writeFileSync(
    path.join(folder, '07-taken.yaml'),
    `apiVersion: kubeovn.io/v1
kind: OvnEip
metadata:
  name: late
spec:
  externalSubnet: external0
  type: nat
  v4Ip: ${taken}
---
apiVersion: kubeovn.io/v1
kind: OvnSnatRule
metadata:
  name: late
spec:
  ovnEip: late
  vpc: vpc1
  v4IpCidr: 192.168.0.200
`,
  );
  await vi.waitFor(() => expect(told('late')).toMatch(new RegExp(`^AddressInUse: .*for ${taken} `)), soon);
  expect(berth('lab', 'exec', 'central', '--', 'ovn-nbctl', 'lr-nat-list', 'vpc1')).not.toContain(taken);
  outside(`${device}; ip addr del ${taken}/24 dev $device`);
  await vi.waitFor(() => expect(told('late')).toMatch(/^Programmed: /), soon);
});

test('a gateway that is cordoned serves until it has drained, and is told to move then', async () => {
  const before = /external0: (node-\d) serves/.exec(told('vpc1') ?? '')?.[1] ?? expect.fail(told('vpc1'));
  edit('01-nodes.yaml', (text) =>
    text
      .split('---\n')
      .map((one) => (one.includes(`name: ${before}\n`) ? `${one}spec:\n  unschedulable: true\n` : one))
      .join('---\n'),
  );
  await vi.waitFor(() => expect(told('vpc1')).toContain(`${before} serves and is to leave`), soon);
  const { status, stderr } = spawnSync(berthProgram, ['plan', '-f', folder], {
    encoding: 'utf8',
    env: environment,
  });
  expect([status, stderr]).toEqual([0, expect.stringMatching(/gateway-draining\n.*is to leave/s)]);
  const other = before === 'node-2' ? 'node-3' : 'node-2';
  await vi.waitFor(
    () => expect(told('vpc1')).toMatch(new RegExp(`^Programmed: external0: ${other} serves$`)),
    soon,
  );
});
