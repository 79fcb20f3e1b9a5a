import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../lab/lab.ts';
import { labUp } from '../lab/up.ts';
import { ping } from '../probe/ping.ts';
import { plainBash } from '../script/bash.ts';
import { privateRegistry } from '../testing/registry.ts';
import { type AskedAddress, Prober } from './prober.ts';
import { sentinelsOf } from './sentinels.ts';

let registry: ReturnType<typeof privateRegistry>;
let lab: Lab;
let prober: Prober;

/** An address of its own on the external wire, and one that both nodes have. */
const bridge = (index: number) => `
ovs-vsctl add-br br-net -- set Bridge br-net datapath_type=netdev -- add-port br-net eth1
sysctl -qw net.ipv6.conf.br-net.disable_ipv6=0 net.ipv6.conf.br-net.accept_dad=0
ip link set br-net up
ethtool -K br-net tx off >/dev/null
ip address add 10.9.101.1${index}/24 dev br-net
ip address add 10.9.101.50/32 dev br-net
ip address add fd00:101::1${index}/64 dev br-net nodad`;

beforeAll(async () => {
  registry = privateRegistry();
  lab = await labUp({ name: 'prober', nodes: ['n1', 'n2'], wires: ['ext0'], attached: true });
  for (const { name, index } of lab.plan.nodes) {
    const { exitCode, stderr } = await lab.exec(name, [...plainBash, '-ec', bridge(index)]);
    expect(exitCode, stderr).toBe(0);
  }
  await lab.outside.configure([{ wire: 'ext0', vlanId: 0, addresses: ['10.9.101.1/24', 'fd00:101::1/64'] }]);
  prober = new Prober(lab);
});

afterAll(async () => {
  await prober[Symbol.asyncDispose]();
  await lab.down();
  registry.restore();
});

const asked = (ip: string): AskedAddress => ({
  ...{ ip, wire: 'ext0', vlanId: 0 },
  source: ip.includes(':') ? 'fd00:101::1' : '10.9.101.1',
});

async function macOf(node: string): Promise<string> {
  return (await lab.exec(node, ['cat', '/sys/class/net/br-net/address'])).stdout.trim();
}

describe('a burst', () => {
  it('sends pings and connections both ways, and sees by which node they went', async () => {
    const { flows } = await prober.burst({
      flows: [
        { key: 'in', from: 'outside', to: '10.9.101.11' },
        { key: 'in6', from: 'outside', to: 'fd00:101::12' },
        { key: 'refused', from: 'outside', to: '10.9.101.12', port: 7000 },
        { key: 'out', from: 'n2', to: '10.9.101.1' },
        { key: 'nowhere', from: 'outside', to: '10.9.101.99' },
        { key: 'silent', from: 'outside', to: '10.9.101.99', port: 7000 },
      ],
    });
    const all = { sent: 3, received: 3 };
    expect(Object.fromEntries(flows)).toEqual({
      in: { ...all, requestsFrom: [], repliesFrom: ['n1'] },
      in6: { ...all, requestsFrom: [], repliesFrom: ['n2'] },
      refused: { ...all, requestsFrom: [], repliesFrom: ['n2'] },
      out: { ...all, requestsFrom: ['n2'], repliesFrom: [] },
      nowhere: { sent: 3, received: 0, requestsFrom: [], repliesFrom: [] },
      silent: { sent: 3, received: 0, requestsFrom: [], repliesFrom: [] },
    });
  });

  it('sends datagrams and has them answered where they come to, of both families, and nowhere else', async () => {
    const at = (place: string, port = 5353) => [{ place, port }];
    const udp = (key: string, to: string, answering: readonly { place: string; port: number }[]) => ({
      ...{ key, from: 'outside', to, port: 5353, answering },
    });
    const { flows } = await prober.burst({
      flows: [
        udp('in', '10.9.101.11', at('n1')),
        udp('in6', 'fd00:101::12', at('n2')),
        udp('at another port', '10.9.101.12', at('n2', 5354)),
        udp('nowhere', '10.9.101.99', at('n2')),
        { key: 'tcp', from: 'outside', to: '10.9.101.12', port: 5353 },
      ],
    });
    const none = { sent: 3, received: 0, requestsFrom: [], repliesFrom: [] };
    expect(Object.fromEntries(flows)).toEqual({
      in: { sent: 3, received: 3, requestsFrom: [], repliesFrom: ['n1'] },
      in6: { sent: 3, received: 3, requestsFrom: [], repliesFrom: ['n2'] },
      // Another flow has that place listen at the right port.
      'at another port': { sent: 3, received: 3, requestsFrom: [], repliesFrom: ['n2'] },
      nowhere: none,
      tcp: { sent: 3, received: 3, requestsFrom: [], repliesFrom: ['n2'] },
    });
    const silent = await prober.burst({ flows: [udp('silent', '10.9.101.12', at('n1'))] });
    expect(Object.fromEntries(silent.flows)).toEqual({ silent: none });
  });

  it('tells who answers for an address, each of two', async () => {
    const ips = ['10.9.101.12', '10.9.101.50', '10.9.101.99', 'fd00:101::11'];
    const { answerers } = await prober.burst({ flows: [], asks: ips.map(asked) });
    const [n1, n2] = [await macOf('n1'), await macOf('n2')];
    expect(Object.fromEntries(answerers)).toEqual({
      '10.9.101.12': [{ node: 'n2', mac: n2 }],
      '10.9.101.50': [
        { node: 'n1', mac: n1 },
        { node: 'n2', mac: n2 },
      ],
      '10.9.101.99': [],
      'fd00:101::11': [{ node: 'n1', mac: n1 }],
    });
  });

  it('takes no answer for one that another address gave', async () => {
    const flows = [
      { key: 'ping', from: 'outside', to: '10.9.101.11' },
      { key: 'ping6', from: 'outside', to: 'fd00:101::11' },
      { key: 'connection', from: 'outside', to: '10.9.101.11', port: 7000 },
      { key: 'other', from: 'outside', to: '10.9.101.12' },
    ];
    const rewritten = [
      'icmp,icmp_type=0,nw_src=10.9.101.11,actions=mod_nw_src:10.9.101.50,normal',
      'tcp,nw_src=10.9.101.11,actions=mod_nw_src:10.9.101.50,normal',
      'icmp6,icmp_type=129,ipv6_src=fd00:101::11,actions=set_field:fd00:101::50->ipv6_src,normal',
    ].map((flow) => `ovs-ofctl add-flow br-net 'cookie=0x7,priority=100,${flow}'`);
    const { exitCode, stderr } = await lab.exec('n1', [...plainBash, '-ec', rewritten.join('\n')]);
    expect(exitCode, stderr).toBe(0);
    const strange = await prober.burst({ flows });
    await prober.start(flows, 50);
    await ping(lab, { from: 'outside', to: '10.9.101.12', count: 5 });
    const watched = await prober.stop();
    await lab.exec('n1', ['ovs-ofctl', 'del-flows', 'br-net', 'cookie=0x7/-1']);

    const none = { sent: 3, received: 0, requestsFrom: [], repliesFrom: [] };
    const other = { sent: 3, received: 3, requestsFrom: [], repliesFrom: ['n2'] };
    expect(Object.fromEntries(strange.flows)).toEqual({
      ping: none,
      ping6: none,
      connection: none,
      other,
    });
    expect([...watched].map(([key, { atEnd }]) => [key, atEnd])).toEqual(
      flows.map(({ key }) => [key, key === 'other']),
    );
    const again = await prober.burst({ flows });
    expect([...again.flows.values()].map(({ received }) => received)).toEqual([3, 3, 3, 3]);
  });

  it('is refused from a place that is not there, and goes on', async () => {
    const gone = prober.burst({ flows: [{ key: 'x', from: 'default/gone', to: '10.9.101.11' }] });
    await expect(gone).rejects.toMatchObject({ code: 'lab-script-failed' });
    const { flows } = await prober.burst({ flows: [{ key: 'x', from: 'n1', to: '10.9.101.1' }] });
    expect(flows.get('x')?.received).toBe(3);
  });
});

it('watches while something breaks', async () => {
  await prober.start(
    [
      { key: 'cut', from: 'outside', to: '10.9.101.11' },
      { key: 'whole', from: 'outside', to: '10.9.101.12' },
    ],
    50,
    sentinelsOf(lab.plan),
  );
  await lab.fail([{ kind: 'uplink', node: 'n1' }]);
  await ping(lab, { from: 'outside', to: '10.9.101.12', count: 15 });
  const watched = await prober.stop();
  await lab.heal();
  expect(watched.get('cut')).toMatchObject({ atEnd: false });
  expect(watched.get('cut')?.lost).toBeGreaterThan(5);
  expect(watched.get('whole')).toMatchObject({ lost: 0, longestGapMs: 0, atEnd: true });
});

it('excuses what is lost while the machine stands still, and nothing else', async () => {
  const flow = { key: 'flow', from: 'outside', to: '10.9.101.11' };
  const lostWhile = async (happens: () => Promise<void>) => {
    await prober.start([flow], 20, sentinelsOf(lab.plan));
    await ping(lab, { from: 'n1', to: '10.9.101.1', count: 5 });
    await happens();
    await ping(lab, { from: 'n1', to: '10.9.101.1', count: 5 });
    return (await prober.stop()).get('flow');
  };
  const daemon = async (signal: string) => {
    const { nodes } = await lab.status();
    await lab.exec('central', ['kill', signal, String(nodes[0]?.daemons['ovs-vswitchd'])]);
  };
  // Frames that come meanwhile wait for the daemon; those of the cut wire are nowhere.
  const stalled = await lostWhile(async () => {
    await daemon('-STOP');
    await lab.exec('n1', ['ip', 'link', 'set', 'eth1', 'down']);
    await ping(lab, { from: 'outside', to: '10.9.101.12', count: 10 });
    await lab.exec('n1', ['ip', 'link', 'set', 'eth1', 'up']);
    await daemon('-CONT');
  });
  expect(stalled).toMatchObject({ lost: 0, longestGapMs: 0 });
  expect(stalled?.excused).toBeGreaterThan(5);
  const cut = await lostWhile(async () => {
    await lab.exec('n1', ['ip', 'link', 'set', 'eth1', 'down']);
    await ping(lab, { from: 'outside', to: '10.9.101.12', count: 10 });
    await lab.exec('n1', ['ip', 'link', 'set', 'eth1', 'up']);
  });
  expect(cut?.lost).toBeGreaterThan(5);
});
