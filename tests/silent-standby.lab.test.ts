import type { ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Lab, ping } from '@berth/lab';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { folderOf, labIn, runBerth, startController } from './support/own-lab.ts';

const strict = path.join(import.meta.dirname, '../examples/13-strict');
const floatingIp = '10.9.101.130';
const soon = { timeout: 60_000, interval: 500 };
let scratch = '';
let lab: Lab;
let controller: ChildProcess;
/** The gateways, the one that serves first. */
let active = '';
let standby = '';
/** Its ovn-controller, which has the same process all the while. */
let hung = '';

beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'bs-'));
  cpSync(strict, folderOf(scratch), { recursive: true });
  const policy = path.join(folderOf(scratch), '05-policy.yaml');
  writeFileSync(policy, readFileSync(policy, 'utf8').replace('drainSeconds: 30', 'drainSeconds: 0'));
  lab = await labIn(scratch, 'silent-standby', ['node-1', 'node-2', 'node-3']);
  controller = startController(scratch);
  controller.stdout?.resume();
  controller.stderr?.resume();
  await vi.waitUntil(async () => (await members()).length === 2 && (await answered()) === 4, soon);
  [active = '', standby = ''] = await members();
  const { nodes } = await lab.status();
  hung = String(nodes.find(({ name }) => name === standby)?.daemons['ovn-controller']);
});

afterAll(async () => {
  const ended = new Promise((resolve) => controller.once('close', resolve));
  controller.kill('SIGTERM');
  await ended;
  if (hung !== '') await lab.exec('central', ['kill', '-CONT', hung]);
  await lab.down();
  rmSync(scratch, { recursive: true, force: true });
});

/** How many of a few pings of a client outside are answered. */
async function answered(): Promise<number> {
  return (await ping(lab, { from: 'outside', to: floatingIp, count: 4, intervalMs: 50 })).received;
}

async function rows(program: 'ovn-nbctl' | 'ovn-sbctl', ...words: readonly string[]): Promise<string> {
  return (await lab.exec('central', [program, '--bare', ...words])).stdout;
}

/** The nodes of the group as NB has it, the most preferred first. */
async function members(): Promise<readonly string[]> {
  const text = await rows('ovn-nbctl', '--columns=priority,chassis_name', 'list', 'Gateway_Chassis');
  const nodeOf = new Map(lab.plan.nodes.map(({ systemId, name }) => [systemId, name]));
  return text
    .split(/\n\s*\n/)
    .map((row) => row.trim().split('\n'))
    .sort(([left], [right]) => Number(right) - Number(left))
    .flatMap(([, chassis = '']) => nodeOf.get(chassis) ?? []);
}

/** The node that claims the gateway in SB. */
async function claiming(): Promise<string> {
  const columns = ['--columns=chassis', 'find', 'Port_Binding', 'logical_port=cr-vpc1-external0'];
  const chassis = (await rows('ovn-sbctl', ...columns)).trim();
  return chassis === ''
    ? ''
    : (await rows('ovn-sbctl', '--columns=hostname', 'list', 'Chassis', chassis)).trim();
}

const statusSchema = z.object({
  findings: z.array(z.object({ code: z.string(), object: z.object({ kind: z.string(), name: z.string() }) })),
});

/** The codes that `status` tells of the node that hangs, of the VPC, and of addresses. */
async function told(): Promise<readonly string[]> {
  const { stdout } = await runBerth(scratch, ['status', '-o', 'json']);
  const { findings } = statusSchema.parse(JSON.parse(stdout));
  return findings.map(({ code, object }) => `${code} ${object.name}`);
}

const foretoldSchema = z.object({
  scenarios: z.array(
    z.object({
      flows: z.array(
        z.object({
          direction: z.string(),
          after: z.object({ outcome: z.string(), berth: z.string().nullish() }),
        }),
      ),
    }),
  ),
});

/** What `whatif` says becomes of the address when the active gateway loses its uplink. */
async function foretold(): Promise<readonly string[]> {
  const { stdout } = await runBerth(scratch, [
    'whatif',
    '--fail',
    `uplink:${active}`,
    'fip/web',
    '-o',
    'json',
  ]);
  const { scenarios } = foretoldSchema.parse(JSON.parse(stdout));
  return scenarios.flatMap(({ flows }) =>
    flows.map(
      ({ direction, after }) => `${direction} ${after.outcome === 'delivered' ? after.berth : after.outcome}`,
    ),
  );
}

test('a standby that hangs with its agent is given no role, and the other serves once its uplink is back', async () => {
  expect(await foretold()).toContain(`inbound ${standby}`);
  await lab.exec('central', ['kill', '-STOP', hung]);
  await lab.fail([{ kind: 'agent', node: standby }]);
  // Nothing else has NB change: it is asked.
  await expect.poll(told, soon).toContain(`node-frozen ${standby}`);
  expect(await foretold()).toEqual(['inbound lost', 'outbound lost', `hairpin ${active}`]);
  await lab.fail([{ kind: 'uplink', node: active }]);
  await expect.poll(told, soon).toContain('gateways-lost vpc1');
  expect(await answered()).toBe(0);
  expect([await members(), await claiming()]).toEqual([[active, standby], active]);
  await lab.heal([{ kind: 'uplink', node: active }]);
  await expect.poll(answered, soon).toBe(4);
  await expect.poll(told, soon).not.toContain('gateways-lost vpc1');
  expect([await members(), await claiming()]).toEqual([[active, standby], active]);
  expect((await told()).filter((each) => /^(two-answerers|address-lingers)/.test(each))).toEqual([]);
});

test('it takes the role over once it goes on', async () => {
  await lab.fail([{ kind: 'uplink', node: active }]);
  await expect.poll(told, soon).toContain('gateways-lost vpc1');
  await lab.exec('central', ['kill', '-CONT', hung]);
  await lab.heal([{ kind: 'agent', node: standby }]);
  await expect.poll(claiming, soon).toBe(standby);
  await expect.poll(answered, soon).toBe(4);
  await expect.poll(told, soon).not.toContain('gateways-lost vpc1');
  await lab.heal();
  await expect.poll(members, soon).toEqual([standby, active]);
  expect(await answered()).toBe(4);
});
