import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../lab/lab.ts';
import { labUp } from '../lab/up.ts';
import { privateRegistry } from '../testing/registry.ts';
import { allAnswers, whoAnswers } from './answer.ts';
import { ping, startPinging } from './ping.ts';
import { tcpEcho } from './reach.ts';

let registry: ReturnType<typeof privateRegistry>;
let lab: Lab;

/** An address on the external wire and one on its VLAN 101, as OVN's external ports would have. */
const bridge = (index: number) => `
ovs-vsctl add-br br-net -- set Bridge br-net datapath_type=netdev -- add-port br-net eth1 -- \\
  add-port br-net tagged tag=101 -- set Interface tagged type=internal
for nic in br-net tagged; do
  sysctl -qw net.ipv6.conf.$nic.disable_ipv6=0 net.ipv6.conf.$nic.accept_dad=0
  ip link set $nic up
  ethtool -K $nic tx off >/dev/null
done
ip address add 10.9.101.1${index}/24 dev br-net
ip address add fd00:101::1${index}/64 dev br-net nodad
ip address add 10.9.102.1${index}/24 dev tagged`;

beforeAll(async () => {
  registry = privateRegistry();
  lab = await labUp({ name: 'probed', nodes: ['n1', 'n2'], wires: ['ext0'], attached: true });
  for (const { name, index } of lab.plan.nodes) {
    const { exitCode, stderr } = await lab.exec(name, ['bash', '-ec', bridge(index)]);
    expect(exitCode, stderr).toBe(0);
  }
  await lab.outside.configure([
    { wire: 'ext0', vlanId: 0, addresses: ['10.9.101.1/24', 'fd00:101::1/64'] },
    { wire: 'ext0', vlanId: 101, addresses: ['10.9.102.1/24'] },
  ]);
});

afterAll(async () => {
  await lab.down();
  registry.restore();
});

async function macOf(node: string, nic: string): Promise<string> {
  return (await lab.exec(node, ['cat', `/sys/class/net/${nic}/address`])).stdout.trim();
}

describe('outside', () => {
  const addresses = async () => {
    const { stdout } = await lab.exec('outside', ['ip', '-o', 'address', 'show', 'scope', 'global']);
    return [...stdout.matchAll(/^\d+: (\S+) +inet6? (\S+)/gm)]
      .map(([, nic, address]) => `${nic} ${address}`)
      .sort();
  };

  it('has exactly the addresses it is given, tagged and not', async () => {
    const both = ['ext0 10.9.101.1/24', 'ext0 fd00:101::1/64', 'ext0.101 10.9.102.1/24'];
    expect(await addresses()).toEqual(both);
    await lab.outside.configure([{ wire: 'ext0', vlanId: 7, addresses: ['10.9.107.1/24'] }]);
    expect(await addresses()).toEqual(['ext0.7 10.9.107.1/24']);
    for (let times = 0; times < 2; times += 1) {
      await lab.outside.configure([
        { wire: 'ext0', vlanId: 0, addresses: ['10.9.101.1/24', 'fd00:101::1/64'] },
        { wire: 'ext0', vlanId: 101, addresses: ['10.9.102.1/24'] },
      ]);
      expect(await addresses()).toEqual(both);
    }
  });

  it('refuses wires there are not', async () => {
    const wrong = lab.outside.configure([{ wire: 'ext9', vlanId: 0, addresses: [] }]);
    await expect(wrong).rejects.toMatchObject({ code: 'lab-usage', cure: expect.stringContaining('ext0') });
  });
});

describe('ping', () => {
  it.each(['10.9.101.11', 'fd00:101::11', '10.9.102.12'])('counts answers of %s', async (to) => {
    const result = await ping(lab, { from: 'outside', to, count: 5, intervalMs: 20 });
    expect(result).toEqual({
      sent: 5,
      received: 5,
      lost: 0,
      duplicates: 0,
      longestGapMs: 0,
      outages: [],
      strangers: [],
    });
  });

  it.each(['10.9.101.99', 'fd00:101::99'])('takes no answer of %s as a result', async (to) => {
    const result = await ping(lab, { from: 'outside', to, count: 3, intervalMs: 20 });
    expect(result).toMatchObject({
      sent: 3,
      received: 0,
      lost: 3,
      outages: [{ fromSequence: 1, toSequence: 3 }],
    });
  });

  it('takes an unreachable network as lost', async () => {
    const result = await ping(lab, { from: 'outside', to: '172.30.0.1', count: 3, intervalMs: 20 });
    expect(result).toMatchObject({ sent: 3, received: 0, lost: 3 });
  });

  it('finds the outage of a failure', async () => {
    const pinging = await startPinging(lab, { from: 'outside', to: '10.9.101.11', intervalMs: 20 });
    await lab.fail([{ kind: 'uplink', node: 'n1' }]);
    await ping(lab, { from: 'outside', to: '10.9.101.12', count: 15 });
    await lab.heal();
    await ping(lab, { from: 'outside', to: '10.9.101.11', count: 15 });
    const result = await pinging.stop();
    // On a busy machine another packet may come too late.
    expect(result.outages.length).toBeGreaterThan(0);
    expect(result.lost).toBeGreaterThan(0);
    expect(result.received).toBeGreaterThan(0);
    expect(result.longestGapMs).toBe(Math.max(...result.outages.map(({ durationMs }) => durationMs)));
  });
});

describe('whoAnswers', () => {
  it.each([
    ['10.9.101.11', 'n1', 'br-net'],
    ['10.9.101.12', 'n2', 'br-net'],
    ['fd00:101::12', 'n2', 'br-net'],
    ['10.9.102.11', 'n1', 'tagged'],
  ])('knows the node of %s', async (ip, node, nic) => {
    const mac = await macOf(node, nic);
    await expect.poll(() => whoAnswers(lab, ip)).toEqual({ asked: true, mac, node });
  });

  it('sees an address move', async () => {
    await lab.exec('n1', ['ip', 'address', 'add', '10.9.101.50/32', 'dev', 'br-net']);
    await expect.poll(async () => (await whoAnswers(lab, '10.9.101.50')).node).toBe('n1');
    await lab.exec('n1', ['ip', 'address', 'delete', '10.9.101.50/32', 'dev', 'br-net']);
    await lab.exec('n2', ['ip', 'address', 'add', '10.9.101.50/32', 'dev', 'br-net']);
    await expect.poll(async () => (await whoAnswers(lab, '10.9.101.50')).node).toBe('n2');
  });

  it('says that nobody does', async () => {
    expect(await whoAnswers(lab, '10.9.101.77')).toEqual({ asked: true, mac: null, node: null });
    expect(await whoAnswers(lab, '172.30.0.1')).toEqual({ asked: false, mac: null, node: null });
  });
});

describe('tcpEcho', () => {
  it('moves bytes there and back, and names the client as the server sees it', async () => {
    const timeoutMs = 60_000;
    const way = { from: 'outside', server: 'n1', to: '10.9.101.11', port: 7001 };
    const result = await tcpEcho(lab, { ...way, timeoutMs });
    expect(result).toEqual({ kind: 'echoed', bytes: 1_048_576, peer: '10.9.101.1' });
    const tagged = await tcpEcho(lab, {
      from: 'n2',
      server: 'outside',
      to: '10.9.102.1',
      port: 7002,
      bytes: 10,
      timeoutMs,
    });
    expect(tagged).toEqual({ kind: 'echoed', bytes: 10, peer: '10.9.102.12' });
  });

  it('says why it cannot', async () => {
    const result = await tcpEcho(lab, {
      from: 'outside',
      server: 'n1',
      to: '10.9.101.99',
      port: 7003,
      timeoutMs: 500,
    });
    expect(result.kind).toBe('failed');
  });

  it('tells a refusal, though the last attempt is cut short', async () => {
    const way = { from: 'outside', server: 'n1', to: '10.9.101.12', port: 7004 };
    for (let timeoutMs = 500; timeoutMs < 552; timeoutMs += 4)
      expect(await tcpEcho(lab, { ...way, timeoutMs })).toEqual({ kind: 'failed', reason: 'ECONNREFUSED' });
  });
});

describe('an address that two nodes have', () => {
  const shared = '10.9.101.50';

  it('is told with every hardware address that answers', async () => {
    for (const node of ['n1', 'n2'])
      await lab.exec(node, ['ip', 'address', 'add', `${shared}/24`, 'dev', 'br-net']);
    const both = [
      { node: 'n1', mac: await macOf('n1', 'br-net') },
      { node: 'n2', mac: await macOf('n2', 'br-net') },
    ];
    const [told, single, elsewhere] = await allAnswers(lab, [shared, '10.9.101.12', '192.0.2.1']);
    expect(told).toEqual({ asked: true, answerers: both });
    expect(single?.answerers).toEqual([both[1]]);
    expect(elsewhere).toEqual({ asked: false, answerers: [] });
  });
});

it('takes an answer of another address than the one that was pinged for none, and names it', async () => {
  const rewrite = `
ip address add 10.9.101.51/24 dev br-net
ovs-ofctl add-flow br-net priority=100,icmp,icmp_type=0,nw_src=10.9.101.51,actions=mod_nw_src:10.9.101.11,normal`;
  const { exitCode, stderr } = await lab.exec('n1', ['bash', '-ec', rewrite]);
  expect(exitCode, stderr).toBe(0);
  const result = await ping(lab, { from: 'outside', to: '10.9.101.51', count: 3 });
  expect(result).toMatchObject({ sent: 3, received: 0, strangers: ['10.9.101.11'] });
});
