import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AddressPair, type NodeOrder, type NodeReport, pairsIn, pairsText } from '@berth/api';
import { Prober, ping, sentinelsOf, whoAnswers } from '@berth/lab';
import { nodeSentry, type Sentry } from '@berth/node';
import { type AgentBoard, folderAgentBoard, folderNodeBoard } from '@berth/source';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type GatewayLab, gatewayLab, gatewayOrder, outsideNetwork, startGatewayLab } from './gateway-lab.ts';

const { nodes, central, distributed, routerMac, upstream, vlanId } = gatewayLab;
const patience = { timeout: 60_000, interval: 50 };

let stage: GatewayLab;
let folder: string;
let board: ReturnType<typeof folderNodeBoard>;
const sentries = new Map<string, Sentry>();
const faults: string[] = [];
let agentNumber = 0;

/** Starts the agent of a node, as a new process would. */
async function start(node: string, agentBoard?: AgentBoard): Promise<void> {
  agentNumber += 1;
  sentries.set(
    node,
    await nodeSentry({
      host: stage.lab.host(node),
      instance: 'default',
      board: agentBoard ?? folderAgentBoard({ stateFolder: folder, node }),
      memoryFile: join(folder, `${node}.memory.json`),
      agent: `agent-${agentNumber}`,
      now: () => new Date().toISOString(),
      onFault: (fault) => faults.push(`${node}: ${fault}`),
      heartbeatMs: 250,
    }),
  );
}

async function stop(node: string): Promise<void> {
  await sentries.get(node)?.close();
  sentries.delete(node);
}

let revision = 1;

/** Leaves an order for every node, the given one's with changes, and waits until all of them carried it out. */
async function order(changes: Readonly<Record<string, Partial<NodeOrder['spec']>>> = {}): Promise<void> {
  revision += 1;
  const name = `r${revision}`;
  await board.order(nodes.map((node) => gatewayOrder(node, { revision: name, ...changes[node] })));
  for (const node of sentries.keys()) await reports(node, (status) => status.orderRevision === name);
}

async function statusOf(node: string): Promise<NodeReport['status'] | undefined> {
  return (await board.reports()).find(({ metadata }) => metadata.name === node)?.status;
}

/** Waits until the node's report is so. */
async function reports(node: string, test: (status: NodeReport['status']) => boolean): Promise<void> {
  let last: NodeReport['status'] | undefined;
  const isSo = async (): Promise<boolean> => {
    last = await statusOf(node);
    return last !== undefined && test(last);
  };
  await expect
    .poll(isSo, patience)
    .toBe(true)
    .catch(() => expect.fail(`${node}: ${JSON.stringify(last)}`));
}

const uplinkIs = (state: string) => (status: NodeReport['status']) => status.uplinks?.[0]?.state === state;

/** The MAC address that the outside has in its cache; it does not ask. */
async function cached(ip: string): Promise<string> {
  const text = await stage.run('outside', `ip neighbour show to ${ip}`);
  return /lladdr (\S+)/.exec(text)?.[1] ?? '';
}

async function reaches(ip: string): Promise<boolean> {
  return (await ping(stage.lab, { from: 'outside', to: ip, count: 2, intervalMs: 50 })).received > 0;
}

/** Watches addresses from outside, with a probe to each every 10 ms, until it is asked what each of them lost. */
async function watching(...ips: readonly string[]): Promise<() => Promise<readonly number[]>> {
  const prober = new Prober(stage.lab);
  await prober.start(
    ips.map((to) => ({ key: to, from: 'outside', to })),
    10,
    sentinelsOf(stage.lab.plan),
  );
  return async () => {
    await using held = prober;
    const watched = await held.stop();
    return ips.map((ip) => watched.get(ip)?.lost ?? expect.fail(`${ip} was not watched`));
  };
}

const activeGateway = () =>
  stage.run('central', 'ovn-sbctl --bare --columns=chassis find Port_Binding logical_port=cr-vpc1-ext');

async function claimedBy(node: string): Promise<void> {
  const row = await stage.run(
    'central',
    `ovn-sbctl --bare --columns=_uuid find Chassis name=${stage.chassis(node)}`,
  );
  await expect.poll(activeGateway, patience).toBe(row);
}

beforeAll(async () => {
  stage = await startGatewayLab(`node-gw-${process.pid}`);
  await vi.waitUntil(() => reaches(central.ip), patience);
  await vi.waitUntil(() => reaches(distributed.ip), patience);
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-sentry-'));
  board = folderNodeBoard({ stateFolder: folder });
  for (const node of nodes) await start(node);
  await order();
});

afterEach(async () => {
  for (const node of [...sentries.keys()]) await stop(node);
  await rm(folder, { recursive: true, force: true });
  await stage.lab.heal();
  await stage.lab.outside.configure([outsideNetwork]);
});

afterAll(() => stage?.[Symbol.asyncDispose]());

describe('a report', () => {
  test('tells of ovn-controller, of tunnels with BFD, and of uplinks that answer ARP or ND', async () => {
    const probe = { network: 'ext', vlanId, intervalMs: 200, failureThreshold: 3, successThreshold: 2 };
    await order({ n2: { probes: [{ ...probe, targets: [upstream[1]] }] } });
    for (const node of nodes) await reports(node, uplinkIs('Up'));
    await reports(
      'n1',
      ({ tunnels }) => tunnels?.find(({ chassis }) => chassis === stage.chassis('n2'))?.up === true,
    );
    expect(await statusOf('n1')).toMatchObject({
      chassis: stage.chassis('n1'),
      ovnController: { running: true, connected: true, flowsInstalled: true },
      uplinks: [{ network: 'ext', state: 'Up', carrier: true, answers: true }],
      orderEpoch: 1,
      fenced: [],
    });
  });

  test('tells who answers for an address that is asked for, and that nobody does', async () => {
    const place = { network: 'ext', vlanId };
    const free = ['10.9.101.200', '2001:db8:9::200'];
    await order({ n1: { checks: [...upstream, ...free].map((ip) => ({ ...place, ip })) } });
    await reports('n1', ({ checked }) => checked?.length === 4);
    const checked = (await statusOf('n1'))?.checked ?? [];
    const links = await stage.run('outside', 'ip -o link');
    for (const { ip, mac } of checked) {
      if (free.includes(ip)) expect(mac, ip).toBeUndefined();
      else expect(links).toContain(mac ?? `nobody for ${ip}`);
    }
    await order();
    expect((await statusOf('n1'))?.checked).toEqual([]);
  });

  test('tells of a NIC without carrier, then of its return', async () => {
    await reports('n1', uplinkIs('Up'));
    await stage.lab.fail([{ kind: 'uplink', node: 'n1' }]);
    await reports('n1', (status) => uplinkIs('Down')(status) && status.uplinks?.[0]?.carrier === false);
    expect(await statusOf('n2')).toMatchObject({ uplinks: [{ state: 'Up' }] });
    await stage.lab.heal();
    await reports('n1', uplinkIs('Up'));
  });

  test('tells of a gateway that is silent behind a NIC with carrier', async () => {
    await reports('n1', uplinkIs('Up'));
    await stage.lab.outside.configure([]);
    for (const node of nodes) {
      await reports(node, (status) => uplinkIs('Down')(status) && status.uplinks?.[0]?.carrier === true);
    }
    await stage.lab.outside.configure([outsideNetwork]);
    await reports('n1', uplinkIs('Up'));
  });

  test('goes on when somebody wiped the flow that takes the answers', async () => {
    await reports('n1', uplinkIs('Up'));
    const ours = 'cookie=0x6272746800000000/0xffffffff00000000';
    const count = () => stage.run('n1', `ovs-ofctl dump-flows br-ext ${ours} | grep -c priority || true`);
    expect(await count()).toBe('1');
    await stage.run('n1', `ovs-ofctl del-flows br-ext ${ours}`);
    await expect.poll(count, patience).toBe('1');
    await reports('n1', uplinkIs('Up'));
  });

  test('tells of an empty flow table after the switch was restarted without ovn-controller', async () => {
    await stage.lab.fail([{ kind: 'zombie', node: 'n2' }]);
    await reports(
      'n2',
      ({ ovnController }) => ovnController?.running === false && !ovnController.flowsInstalled,
    );
    await stage.lab.heal();
    await reports(
      'n2',
      ({ ovnController }) => ovnController?.connected === true && ovnController.flowsInstalled,
    );
  });
});

describe('an order', () => {
  test('an address at another MAC is known outside though nobody asked, in both families', async () => {
    await claimedBy('n1');
    await expect.poll(() => reaches(central.ip), patience).toBe(true);
    await expect.poll(() => reaches(central.ip6), patience).toBe(true);
    expect(await cached(central.ip)).toBe(routerMac);
    const mac = '0a:00:00:00:02:09';
    const addresses = gatewayOrder('n1').spec.addresses.flatMap((each) => {
      const pairs = pairsIn(each.pairs);
      const [own, moved] = [true, false].map((is) => pairs.filter(([ip]) => (ip === '10.9.101.2') === is));
      if (own?.length !== 1) return [each];
      return [
        { ...each, pairs: pairsText(own) },
        { ...each, mac, pairs: pairsText(moved ?? []) },
      ];
    });
    await order({ n1: { addresses }, n2: { addresses } });
    await expect.poll(() => cached(central.ip), patience).toBe(mac);
    await expect.poll(() => cached(central.ip6), patience).toBe(mac);
    await order();
    await expect.poll(() => cached(central.ip), patience).toBe(routerMac);
  });

  test('a gateway that takes over is announced at once: far less is lost than until OVN does', async () => {
    await claimedBy('n1');
    const lost = await watching(central.ip);
    await stage.prefer('n2');
    await claimedBy('n2');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const [lostInAll = 0] = await lost();
    await stage.prefer('n1');
    await claimedBy('n1');
    // OVN's own announcement comes a second after the claim: a hundred of these.
    expect(lostInAll).toBeLessThan(80);
    await expect.poll(async () => (await whoAnswers(stage.lab, central.ip)).mac, patience).toBe(routerMac);
  });

  test('connections of an address that stands for another pod are ended, and no others', async () => {
    await claimedBy('n1');
    await using prober = new Prober(stage.lab);
    const [old, other] = [udpListener('default/web'), udpListener('default/db')];
    const client = udpSender(central.ip);
    const bystander = udpSender(distributed.ip);
    await expect.poll(() => old.heard(), patience).toBeGreaterThan(2);
    await expect.poll(() => other.heard(), patience).toBeGreaterThan(2);
    await prober.flush();
    await stage.run(
      'central',
      `ovn-nbctl --timeout=60 --wait=hv set NAT ${await natRow(central.ip)} logical_ip=192.168.0.5`,
    );
    // What is established goes on to the old pod: OVN has no way to end it.
    const before = old.heard();
    await expect.poll(() => old.heard(), patience).toBeGreaterThan(before + 2);
    const zoneCount = () =>
      stage.run('n1', `ovs-appctl dpctl/dump-conntrack | grep -c ${distributed.ip} || true`);
    expect(Number(await zoneCount())).toBeGreaterThan(0);
    const moved = ([ip, logical]: AddressPair): AddressPair => [
      ip,
      ip === central.ip ? '192.168.0.5' : logical,
    ];
    const addresses = gatewayOrder('n1').spec.addresses.map((each) => ({
      ...each,
      pairs: pairsText(pairsIn(each.pairs).map(moved)),
    }));
    await order({ n1: { addresses }, n2: { addresses } });
    await expect.poll(() => isQuiet(old.heard), patience).toBe(true);
    await expect.poll(() => reaches(central.ip6), patience).toBe(true);
    expect(Number(await zoneCount())).toBeGreaterThan(0);
    const heard = other.heard();
    await expect.poll(() => other.heard(), patience).toBeGreaterThan(heard + 2);
    for (const each of [old, other, client, bystander]) await each.end();
    await stage.run(
      'central',
      `ovn-nbctl --timeout=60 --wait=hv set NAT ${await natRow(central.ip)} logical_ip=192.168.0.4`,
    );
  });

  test('a witness port is bound, counts for the gateways, and its interface stays down', async () => {
    const witnessed = () =>
      stage.run('central', 'ovn-sbctl --bare --columns=ref_chassis list HA_Chassis_Group');
    const row = await stage.run(
      'central',
      `ovn-sbctl --bare --columns=_uuid find Chassis name=${stage.chassis('n3')}`,
    );
    expect(await witnessed()).not.toContain(row);
    await order({ n3: { witnesses: [{ port: 'witness' }] } });
    await expect.poll(witnessed, patience).toContain(row);
    const links = () => stage.run('n3', 'ip -o link show | grep -o "bwt.*" || true');
    expect(await links()).toMatch(/state DOWN/);
    const name = (await links()).split(':')[0];
    await stage.run('n3', `ip link set ${name} up`);
    await expect.poll(links, patience).toMatch(/state DOWN/);
    await order();
    await expect.poll(links, patience).toBe('');
    await expect.poll(witnessed, patience).not.toContain(row);
  });

  test('a fence stops the ghost of a gateway, and its distributed floating IP goes on', async () => {
    await claimedBy('n1');
    await using prober = new Prober(stage.lab);
    const asks = [{ ip: central.ip, wire: 'ext0', vlanId, source: upstream[0] }];
    const answering = async () => {
      const { answerers } = await prober.burst({ flows: [], asks });
      return answerers.get(central.ip)?.map(({ node }) => node);
    };
    const fences = [{ network: 'ext', vlanId, mac: routerMac }];
    await order({ n1: { fences } });
    // Ordered ahead, it is not in force while ovn-controller runs.
    expect(await statusOf('n1')).toMatchObject({ fenced: [] });
    const lost = await watching(distributed.ip);
    await order();
    await stage.lab.fail([{ kind: 'ovn-controller-exit', node: 'n1' }]);
    await claimedBy('n2');
    await expect.poll(answering, patience).toEqual(['n1', 'n2']);
    await order({ n1: { fences } });
    await reports('n1', ({ fenced }) => fenced?.includes(routerMac) === true);
    await expect.poll(answering, patience).toEqual(['n2']);
    expect(await lost()).toEqual([0]);
    await stage.lab.heal();
    await reports(
      'n1',
      ({ fenced, ovnController }) => fenced?.length === 0 && ovnController?.connected === true,
    );
    await claimedBy('n1');
    await expect.poll(answering, patience).toEqual(['n1']);
  });

  test('a restart of the agent loses no packet and announces nothing anew', async () => {
    await claimedBy('n1');
    await reports('n1', uplinkIs('Up'));
    const lost = await watching(central.ip, distributed.ip);
    const wrong = '0a:00:00:00:99:99';
    const nic = `ext0.${vlanId}`;
    await stop('n1');
    await stage.run('outside', `ip neighbour replace ${central.ip6} lladdr ${wrong} dev ${nic} nud stale`);
    await start('n1');
    await reports('n1', (status) => status.agent === `agent-${agentNumber}` && uplinkIs('Up')(status));
    await reports('n1', ({ orderRevision }) => orderRevision === `r${revision}`);
    expect(await cached(central.ip6)).toBe(wrong);
    expect(await lost()).toEqual([0, 0]);
    // One that remembers nothing cannot know that it told already.
    await stop('n1');
    await rm(join(folder, 'n1.memory.json'));
    await start('n1');
    await expect.poll(() => cached(central.ip6), patience).toBe(routerMac);
  });

  test('an agent that is cut off from board and SB keeps its order, goes on probing, and changes nothing', async () => {
    await stop('n1');
    const whole = folderAgentBoard({ stateFolder: folder, node: 'n1' });
    let isCut = false;
    const tried: NodeReport[] = [];
    const reach = () => {
      if (isCut) throw new Error('unreachable');
    };
    await start('n1', {
      ...whole,
      order: async () => {
        reach();
        return whole.order();
      },
      reported: async () => {
        reach();
        return whole.reported();
      },
      report: async (report) => {
        tried.push(report);
        reach();
        await whole.report(report);
      },
    });
    await order({ n1: { fences: [{ network: 'ext', vlanId, mac: routerMac }] } });
    await reports('n1', uplinkIs('Up'));
    await claimedBy('n1');
    await expect.poll(() => reaches(central.ip), patience).toBe(true);
    const lost = await watching(central.ip);
    isCut = true;
    await stage.lab.fail([{ kind: 'sb' }]);
    const seen = tried.length;
    await expect.poll(() => tried.length, patience).toBeGreaterThan(seen + 4);
    expect(tried.at(-1)?.status).toMatchObject({
      ovnController: { running: true, connected: false, flowsInstalled: true },
      uplinks: [{ state: 'Up' }],
      orderRevision: `r${revision}`,
      fenced: [],
    });
    expect(await lost()).toEqual([0]);
    await stage.lab.fail([{ kind: 'uplink', node: 'n1' }]);
    await expect.poll(() => tried.at(-1)?.status.uplinks?.[0]?.state, patience).toBe('Down');
  });
});

async function natRow(ip: string): Promise<string> {
  return stage.run('central', `ovn-nbctl --bare --columns=_uuid find NAT external_ip=${ip}`);
}

/** Whether a count stands still for longer than a sender's pause. */
async function isQuiet(count: () => number): Promise<boolean> {
  const before = count();
  await new Promise((resolve) => setTimeout(resolve, 400));
  return count() === before;
}

/** Counts the datagrams that come to a place. */
function udpListener(where: string): { heard(): number; end(): Promise<void> } {
  const child = stage.lab.spawn(where, ['/usr/bin/python3', '-u', '-c', listening]);
  let heard = 0;
  child.stdout.on('data', (bytes: Buffer) => {
    heard += bytes.length;
  });
  return { heard: () => heard, end: () => ended(child) };
}

/** Sends a datagram every 50 ms from one port. */
function udpSender(to: string): { end(): Promise<void> } {
  const child = stage.lab.spawn('outside', ['/usr/bin/python3', '-u', '-c', sending, to]);
  return { end: () => ended(child) };
}

function ended(child: ReturnType<GatewayLab['lab']['spawn']>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  child.on('close', () => resolve());
  child.stdin.end();
  return promise;
}

const untilInputEnds =
  'import socket, sys, threading, os, time\nthreading.Thread(target=lambda: (sys.stdin.read(), os._exit(0))).start()\n';

const listening = `${untilInputEnds}
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', 5353))
while True:
    s.recv(100)
    os.write(1, b'.')
`;

const sending = `${untilInputEnds}
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    s.sendto(b'x', (sys.argv[1], 5353))
    time.sleep(0.05)
`;
