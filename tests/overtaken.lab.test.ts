import type { ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, ping, startPinging } from '@berth/lab';
import { folderNodeBoard } from '@berth/source';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { example, floatingIp, floatingIpText, nodes } from './support/field-story.ts';
import { folderOf, labIn, runBerth, startController } from './support/own-lab.ts';

/** A floating IP, the node of its workload, and how its ovn-controller stops there and goes on. Each has a node of its own, so both stop at once. */
type Place = {
  readonly name: string;
  readonly ip: string;
  readonly node: string;
  readonly stop: () => Promise<void>;
  readonly goOn: () => Promise<void>;
};

const hanging: Place = {
  ...{ name: 'web', ip: floatingIp, node: nodes[0] ?? '' },
  stop: () => signal('-STOP'),
  goOn: () => signal('-CONT'),
};
const killed: Place = {
  ...{ name: 'app', ip: '10.9.101.10', node: 'vnode-117-47' },
  async stop() {
    await lab.fail([{ kind: 'ovn-controller', node: killed.node }]);
  },
  async goOn() {
    await lab.heal();
  },
};
const places = [hanging, killed];
const each = <T>(of: (place: Place) => Promise<T>): Promise<readonly T[]> => Promise.all(places.map(of));
const twice = <T>(value: T): readonly T[] => places.map(() => value);

const soon = { timeout: 60_000, interval: 500 };
let scratch = '';
let lab: Lab;
let controller: ChildProcess;

const app = `apiVersion: v1
kind: Node
metadata: { name: ${killed.node} }
---
apiVersion: v1
kind: Pod
metadata:
  namespace: default
  name: app
  annotations: { ovn.kubernetes.io/logical_switch: vpc1-subnet1, ovn.kubernetes.io/ip_address: 192.168.0.5 }
spec: { nodeName: ${killed.node}, containers: [{ name: app, image: registry.k8s.io/pause }] }
`;

function write(type: 'centralized' | 'distributed'): void {
  const web = floatingIpText('web.default', type);
  const other = web.replaceAll('web', 'app').replace(hanging.ip, killed.ip);
  writeFileSync(path.join(folderOf(scratch), '05-floating-ip.yaml'), `${web}---\n${other}`);
}

/** Cordons a node of the story, or takes that back. */
function cordon(node: string, isCordoned: boolean): void {
  const file = path.join(folderOf(scratch), '01-nodes.yaml');
  const spec = `spec: { unschedulable: ${isCordoned} }\n`;
  const texts = readFileSync(file, 'utf8').split('---\n');
  const written = texts.map((text) =>
    text.includes(`name: ${node}\n`) ? `${text.replace(/spec: .*\n/, '')}${spec}` : text,
  );
  writeFileSync(file, written.join('---\n'));
}

/** Has the node that no example knows be the only gateway, and waits until it is. */
async function moveGateway(): Promise<void> {
  const labelled = 'labels: { ovn.kubernetes.io/external-gw: "true" }';
  const name = `name: ${killed.node}`;
  writeFileSync(
    path.join(folderOf(scratch), '06-app.yaml'),
    app.replace(`{ ${name} }`, `{ ${name}, ${labelled} }`),
  );
  const members = async (): Promise<readonly string[]> => {
    const rows = ['ovn-nbctl', '--bare', '--columns=chassis_name', 'list', 'Gateway_Chassis'];
    const { stdout } = await lab.exec('central', rows);
    const byChassis = new Map([...(await reports())].map(([node, { chassis }]) => [chassis, node]));
    return stdout.split(/\s+/).flatMap((chassis) => byChassis.get(chassis) ?? []);
  };
  await expect.poll(members, soon).toContain(killed.node);
  const text = nodes.map((node) => `apiVersion: v1\nkind: Node\nmetadata: { name: ${node} }\n`);
  writeFileSync(path.join(folderOf(scratch), '01-nodes.yaml'), text.join('---\n'));
  await expect.poll(members, soon).toEqual([killed.node]);
}

/** What agents report, by node. */
async function reports() {
  const stateFolder = path.join(scratch, 'berth/labs/packets-overtaken/state/default');
  await using board = folderNodeBoard({ stateFolder });
  return new Map((await board.reports()).map(({ metadata, status }) => [metadata.name, status]));
}

beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'bo-'));
  cpSync(example, folderOf(scratch), { recursive: true });
  writeFileSync(path.join(folderOf(scratch), '06-app.yaml'), app);
  write('distributed');
  lab = await labIn(scratch, 'packets-overtaken', [...nodes, killed.node]);
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
  floatingIps: z.array(
    z.object({ name: z.string(), works: z.object({ outcome: z.string(), reason: z.string().nullable() }) }),
  ),
});
const readySchema = z.object({
  status: z.object({
    conditions: z.array(z.object({ type: z.string(), status: z.string(), reason: z.string() })),
  }),
});

/** What `status` says of the addresses, and the reasons of Ready that `get` shows. */
async function said(): Promise<readonly string[]> {
  const status = await runBerth(scratch, ['status', '-o', 'json']);
  const { floatingIps } = saidSchema.parse(JSON.parse(status.stdout));
  return each(async (place) => {
    const got = await runBerth(scratch, ['get', 'fip', place.name, '-o', 'json']);
    const works = floatingIps.find(({ name }) => name === place.name)?.works;
    const { conditions } = readySchema.parse(JSON.parse(got.stdout)).status;
    const ready = conditions.find(({ type }) => type === 'Ready');
    return `${works?.outcome} ${works?.reason}, Ready ${ready?.status} ${ready?.reason}`;
  });
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

/** What `explain` and `whatif` say of an address, in and out. */
async function verdicts({ name, node }: Place): Promise<readonly string[]> {
  const [explain, whatif] = await Promise.all([
    runBerth(scratch, ['explain', `fip/${name}`, '-o', 'json']),
    runBerth(scratch, ['whatif', '--fail', `notready:${node}`, `fip/${name}`, '-o', 'json']),
  ]);
  const [address] = explained.parse(JSON.parse(explain.stdout)).now.addresses;
  const flow = z.object({ direction: z.string(), before: z.object({ outcome: z.string() }) });
  const { scenarios } = z
    .object({ scenarios: z.array(z.object({ flows: z.array(flow) })) })
    .parse(JSON.parse(whatif.stdout));
  const before = scenarios
    .flatMap(({ flows }) => flows)
    .filter(({ direction }) => direction !== 'hairpin')
    .map((one) => one.before.outcome);
  return [address?.inbound?.outcome ?? '', address?.outbound?.outcome ?? '', ...before];
}

/** The nodes that answer for an address. */
async function answering({ name }: Place): Promise<readonly string[]> {
  const { stdout } = await runBerth(scratch, ['probe', `fip/${name}`, '-o', 'json']);
  const { answers } = z
    .object({ answers: z.array(z.object({ node: z.string().nullable() })) })
    .parse(JSON.parse(stdout));
  return answers.flatMap(({ node }) => node ?? []).toSorted();
}

/** How many of a few pings are answered, in and out, with forgotten neighbours. */
async function passing({ name, ip }: Place): Promise<readonly number[]> {
  const pod = `default/${name}`;
  await lab.exec('outside', ['ip', 'neigh', 'flush', 'to', ip]);
  await lab.exec(pod, ['ip', 'neigh', 'flush', 'all']);
  const into = await ping(lab, { from: 'outside', to: ip, count: 4 });
  const out = await ping(lab, { from: pod, to: '10.9.101.1', count: 4 });
  return [into.received, out.received];
}

/** Stops the ovn-controller of the node where it is to hang, or lets it go on. */
async function signal(name: '-STOP' | '-CONT'): Promise<void> {
  const { nodes: all } = await lab.status();
  const pid = all.find((node) => node.name === hanging.node)?.daemons['ovn-controller'];
  await lab.exec('central', ['kill', name, String(pid)]);
}

/** The hardware address that the client outside has for a floating IP. */
async function neighbour({ ip }: Place): Promise<string> {
  const { stdout } = await lab.exec('outside', ['ip', 'neigh', 'show', 'to', ip]);
  return /lladdr (\S+)/.exec(stdout)?.[1] ?? '';
}

/** How many of a few pings of a client that forgets nothing are answered. */
async function warm({ ip }: Place): Promise<number> {
  return (await ping(lab, { from: 'outside', to: ip, count: 4 })).received;
}

/** Has the client outside forget a floating IP and ask anew, and gives what it learned. */
async function learned(place: Place): Promise<string> {
  await lab.exec('outside', ['ip', 'neigh', 'flush', 'to', place.ip]);
  await ping(lab, { from: 'outside', to: place.ip, count: 1 });
  return neighbour(place);
}

async function nicOutside(): Promise<string> {
  const { stdout } = await lab.exec('outside', ['ip', '-o', 'route', 'get', floatingIp]);
  return /dev (\S+)/.exec(stdout)?.[1] ?? '';
}

/** Has neighbours outside keep what they learned for as long as routers do, not for the half minute of a Linux host. */
async function rememberLong(): Promise<void> {
  const table = ['change', 'name', 'arp_cache', 'dev', await nicOutside(), 'base_reachable', '1200000'];
  await lab.exec('outside', ['ip', 'ntable', ...table]);
}

/**
 * Ends once OVN has announced each address for the last time: it does so at ever longer distances, of which the last is 16 s (ovn-controller's
 * back-off), and never again.
 */
const untilAnnounced = `
import socket, sys, time
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806))
link.bind((sys.argv[1], 0))
waiting = {socket.inet_aton(ip): [] for ip in sys.argv[2:]}
while waiting:
    frame = link.recv(2048)
    sender, target, now = frame[28:32], frame[38:42], time.monotonic()
    if sender != target or sender not in waiting: continue
    times = waiting[sender]
    if len(times) > 2 and now - times[-1] > 12: del waiting[sender]
    times.append(now)
`;

const works = 'delivered null, Ready True Programmed';

test('a placement that changes while the ovn-controller of its workload hangs, or is killed, is told as packets have it, and clients that learned of its node get through once that one goes on', async () => {
  await expect.poll(said, soon).toEqual(twice(works));
  await expect.poll(() => each(passing), soon).toEqual(twice([4, 4]));
  await rememberLong();
  const atNode = await each(learned);
  await each(({ stop }) => stop());
  const announced = lab.exec('outside', [
    'python3',
    '-c',
    untilAnnounced,
    await nicOutside(),
    ...places.map(({ ip }) => ip),
  ]);
  write('centralized');
  // The node goes on answering beside the gateway: whom a client finds is chance.
  await expect.poll(said, soon).toEqual(twice('unknown two-answerers, Ready False TwoAnswerers'));
  expect(await each(verdicts)).toEqual(twice(['unknown', 'unknown', 'unknown', 'unknown']));
  const both = await each(answering);
  for (const [place, { node }] of places.entries()) {
    expect(both[place]).toHaveLength(2);
    expect(both[place]).toContain(node);
  }
  expect(await announced).toMatchObject({ exitCode: 0 });
  for (const [at, place] of places.entries()) await expect.poll(() => learned(place), soon).toBe(atNode[at]);

  const pinging = await each(({ ip }) => startPinging(lab, { from: 'outside', to: ip }));
  await each(({ goOn }) => goOn());
  for (const [at, place] of places.entries())
    await expect.poll(() => neighbour(place), soon).not.toBe(atNode[at]);
  await expect.poll(() => each(warm), soon).toEqual(twice(4));
  await expect.poll(said, soon).toEqual(twice(works));
  for (const one of pinging) expect((await one.stop()).received).toBeGreaterThan(0);
  await expect.poll(() => each(passing), soon).toEqual(twice([4, 4]));
  const left = places.map(({ node }, at) => both[at]?.filter((name) => name !== node));
  expect(await each(answering)).toEqual(left);
});

test('nobody answers for an address that is to come to a node whose ovn-controller hangs, and that is told', async () => {
  await hanging.stop();
  write('distributed');
  const [frozen, other] = ['lost node-frozen, Ready False NodeFrozen', works];
  await expect.poll(said, soon).toEqual([frozen, other]);
  expect(await verdicts(hanging)).toEqual(['lost', 'lost', 'lost', 'lost']);
  expect(await passing(hanging)).toEqual([0, 0]);
  await hanging.goOn();
  await expect.poll(said, soon).toEqual(twice(works));
  await expect.poll(() => passing(hanging), soon).toEqual([4, 4]);
});

test('a node that hangs goes on sending to the gateways that it knew, and that is told as packets have it', async () => {
  write('centralized');
  await expect.poll(said, soon).toEqual(twice(works));
  await expect.poll(() => each(passing), soon).toEqual(twice([4, 4]));
  const [former = ''] = await answering(hanging);
  await hanging.stop();
  cordon(former, true);
  // The former gateway leaves, and ends its side of BFD with that: packets go to the next one.
  await expect.poll(() => answering(hanging), soon).not.toContain(former);
  await expect.poll(said, soon).toEqual(twice(works));
  await expect.poll(() => each(passing), soon).toEqual(twice([4, 4]));
  cordon(former, false);
  // It is back behind the one that serves, and the node prefers it as before.
  await expect.poll(said, soon).toEqual(['lost node-frozen, Ready False NodeFrozen', works]);
  expect(await verdicts(hanging)).toEqual(['lost', 'lost', 'lost', 'lost']);
  expect(await each(passing)).toEqual([
    [0, 0],
    [4, 4],
  ]);
  await hanging.goOn();
  await expect.poll(said, soon).toEqual(twice(works));
  await expect.poll(() => each(passing), soon).toEqual(twice([4, 4]));
});

test('a node that hangs and whose agent is silent is not dead because a gateway that joined since does not see it', async () => {
  write('distributed');
  await expect.poll(said, soon).toEqual(twice(works));
  await expect.poll(() => each(passing), soon).toEqual(twice([4, 4]));
  await hanging.stop();
  const connected = async () => (await reports()).get(hanging.node)?.ovnController?.connected;
  await expect.poll(connected, soon).toBe(false);
  await lab.fail([{ kind: 'agent', node: hanging.node }]);
  await moveGateway();
  const seen = async () => {
    const chassis = (await reports()).get(hanging.node)?.chassis;
    return (await reports()).get(killed.node)?.tunnels?.find((each) => each.chassis === chassis)?.up;
  };
  await expect.poll(seen, soon).toBe(false);
  // Silence counts after 2.5 s, and that nothing was carried out 1 s later.
  await sleep(6_000);
  await expect.poll(said, soon).toEqual(twice(works));
  expect(await each(passing)).toEqual(twice([4, 4]));
  const { stdout } = await lab.exec('central', [
    'ovn-sbctl',
    '--bare',
    '--columns=hostname',
    'list',
    'Chassis',
  ]);
  expect(stdout).toContain(hanging.node);
  await lab.heal();
  await hanging.goOn();
  await expect.poll(said, soon).toEqual(twice(works));
  await expect.poll(() => each(passing), soon).toEqual(twice([4, 4]));
});
