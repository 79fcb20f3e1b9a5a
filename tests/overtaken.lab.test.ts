import type { ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Lab, ping, startPinging } from '@berth/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { example, floatingIpText, floatingIp as ip, nodes } from './support/field-story.ts';
import { folderOf, labIn, runBerth, startController } from './support/own-lab.ts';

const podNode = nodes[0] ?? '';
const soon = { timeout: 60_000, interval: 500 };
let scratch = '';
let lab: Lab;
let controller: ChildProcess;

function write(type: 'centralized' | 'distributed'): void {
  writeFileSync(path.join(folderOf(scratch), '05-floating-ip.yaml'), floatingIpText('web.default', type));
}

beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'bo-'));
  cpSync(example, folderOf(scratch), { recursive: true });
  write('distributed');
  lab = await labIn(scratch, 'packets-overtaken', nodes);
  controller = startController(scratch);
  controller.stdout?.resume();
  controller.stderr?.resume();
});
afterAll(async () => {
  const ended = new Promise((resolve) => controller.once('close', resolve));
  controller.kill('SIGTERM');
  await ended;
  await lab.down();
  rmSync(scratch, { recursive: true, force: true });
});

const saidSchema = z.object({
  floatingIps: z.array(z.object({ works: z.object({ outcome: z.string(), reason: z.string().nullable() }) })),
  findings: z.array(z.object({ code: z.string() })),
});
const readySchema = z.object({
  status: z.object({
    conditions: z.array(z.object({ type: z.string(), status: z.string(), reason: z.string() })),
  }),
});

/** What `status` says of the address, and the reason of Ready that `get` shows. */
async function said(): Promise<string> {
  const [status, got] = await Promise.all([
    runBerth(scratch, ['status', '-o', 'json']),
    runBerth(scratch, ['get', 'fip', 'web', '-o', 'json']),
  ]);
  const works = saidSchema.parse(JSON.parse(status.stdout)).floatingIps[0]?.works;
  const { conditions } = readySchema.parse(JSON.parse(got.stdout)).status;
  const ready = conditions.find(({ type }) => type === 'Ready');
  return `${works?.outcome} ${works?.reason}, Ready ${ready?.status} ${ready?.reason}`;
}

const explained = z.object({
  now: z.object({
    addresses: z.array(
      z.object({
        inbound: z.object({ outcome: z.string() }).nullable(),
        outbound: z.object({ outcome: z.string() }).nullable(),
      }),
    ),
  }),
});

/** What `explain` and `whatif` say of it, in and out. */
async function verdicts(): Promise<readonly string[]> {
  const [explain, whatif] = await Promise.all([
    runBerth(scratch, ['explain', 'fip/web', '-o', 'json']),
    runBerth(scratch, ['whatif', '--fail', `notready:${podNode}`, 'fip/web', '-o', 'json']),
  ]);
  const [address] = explained.parse(JSON.parse(explain.stdout)).now.addresses;
  const flow = z.object({ direction: z.string(), before: z.object({ outcome: z.string() }) });
  const { scenarios } = z
    .object({ scenarios: z.array(z.object({ flows: z.array(flow) })) })
    .parse(JSON.parse(whatif.stdout));
  const before = scenarios
    .flatMap(({ flows }) => flows)
    .filter(({ direction }) => direction !== 'hairpin')
    .map((each) => each.before.outcome);
  return [address?.inbound?.outcome ?? '', address?.outbound?.outcome ?? '', ...before];
}

/** The nodes that answer for the address. */
async function answering(): Promise<readonly string[]> {
  const { stdout } = await runBerth(scratch, ['probe', 'fip/web', '-o', 'json']);
  const { answers } = z
    .object({ answers: z.array(z.object({ node: z.string().nullable() })) })
    .parse(JSON.parse(stdout));
  return answers.flatMap(({ node }) => node ?? []).toSorted();
}

/** How many of a few pings are answered, in and out, with forgotten neighbours. */
async function passing(): Promise<readonly number[]> {
  for (const where of ['outside', 'default/web']) await lab.exec(where, ['ip', 'neigh', 'flush', 'all']);
  const into = await ping(lab, { from: 'outside', to: ip, count: 4 });
  const out = await ping(lab, { from: 'default/web', to: '10.9.101.1', count: 4 });
  return [into.received, out.received];
}

/** Stops the ovn-controller of the workload's node, or lets it go on. */
async function hang(signal: '-STOP' | '-CONT'): Promise<void> {
  const { nodes: all } = await lab.status();
  const pid = all.find(({ name }) => name === podNode)?.daemons['ovn-controller'];
  await lab.exec('central', ['kill', signal, String(pid)]);
}

const kill = async (): Promise<void> => {
  await lab.fail([{ kind: 'ovn-controller', node: podNode }]);
};
const heal = async (): Promise<void> => {
  await lab.heal();
};

/** The hardware address that the client outside has for the floating IP. */
async function neighbour(): Promise<string> {
  const { stdout } = await lab.exec('outside', ['ip', 'neigh', 'show', 'to', ip]);
  return /lladdr (\S+)/.exec(stdout)?.[1] ?? '';
}

/** A few pings of a client that forgets nothing. */
function warm() {
  return ping(lab, { from: 'outside', to: ip, count: 4 });
}

/** Has the client outside forget the floating IP and ask anew, and gives what it learned. */
async function learned(): Promise<string> {
  await lab.exec('outside', ['ip', 'neigh', 'flush', 'to', ip]);
  await ping(lab, { from: 'outside', to: ip, count: 1 });
  return neighbour();
}

/**
 * Whether the client learned that address and hears of no other one any more: OVN itself announces what came to a chassis for half a minute, at
 * most 16 s apart.
 */
async function keeps(mac: string): Promise<boolean> {
  if ((await learned()) !== mac) return false;
  await setTimeout(17_000);
  return (await neighbour()) === mac;
}

/** Has neighbours outside keep what they learned for as long as routers do, not for the half minute of a Linux host. */
async function rememberLong(): Promise<void> {
  const { stdout } = await lab.exec('outside', ['ip', '-o', 'route', 'get', ip]);
  const nic = /dev (\S+)/.exec(stdout)?.[1] ?? '';
  const table = ['change', 'name', 'arp_cache', 'dev', nic, 'base_reachable', '1200000'];
  await lab.exec('outside', ['ip', 'ntable', ...table]);
}

const works = 'delivered null, Ready True Programmed';

test.each([
  ['is killed', kill, heal],
  ['hangs', () => hang('-STOP'), () => hang('-CONT')],
])(
  'a placement that changes while the ovn-controller of its workload %s is told as packets have it',
  async (_, stop, goOn) => {
    write('distributed');
    await expect.poll(said, soon).toBe(works);
    await expect.poll(passing, soon).toEqual([4, 4]);
    await stop();
    write('centralized');
    // The node goes on answering beside the gateway: whom a client finds is chance.
    await expect.poll(said, soon).toBe('unknown two-answerers, Ready False TwoAnswerers');
    expect(await verdicts()).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
    const both = await answering();
    expect(both).toHaveLength(2);
    expect(both).toContain(podNode);

    await goOn();
    await expect.poll(said, soon).toBe(works);
    await expect.poll(passing, soon).toEqual([4, 4]);
    expect(await answering()).toEqual(both.filter((node) => node !== podNode));
  },
);

test('nobody answers for an address that is to come to a node whose ovn-controller hangs, and that is told', async () => {
  await hang('-STOP');
  write('distributed');
  await expect.poll(said, soon).toBe('lost node-frozen, Ready False NodeFrozen');
  expect(await verdicts()).toEqual(['lost', 'lost', 'lost', 'lost']);
  expect(await passing()).toEqual([0, 0]);
  await hang('-CONT');
  await expect.poll(said, soon).toBe(works);
  await expect.poll(passing, soon).toEqual([4, 4]);
});

test.each([
  ['hangs', () => hang('-STOP'), () => hang('-CONT')],
  ['is killed', kill, heal],
])(
  'a client that learned of a node whose ovn-controller %s gets through once that one goes on',
  async (_, stop, goOn) => {
    write('distributed');
    await expect.poll(said, soon).toBe(works);
    await rememberLong();
    const atNode = await learned();
    await stop();
    write('centralized');
    await expect.poll(said, soon).toBe('unknown two-answerers, Ready False TwoAnswerers');
    // Who answers first is chance.
    await expect.poll(() => keeps(atNode), { ...soon, timeout: 240_000 }).toBe(true);
    const pinging = await startPinging(lab, { from: 'outside', to: ip });
    await goOn();
    await expect.poll(neighbour, soon).not.toBe(atNode);
    await expect.poll(async () => (await warm()).received, soon).toBe(4);
    await expect.poll(said, soon).toBe(works);
    expect((await pinging.stop()).received).toBeGreaterThan(0);
  },
);
