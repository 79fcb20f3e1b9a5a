import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { effectsOf } from './actions.ts';
import { addressesOf } from './fields.ts';
import { readTrace, type Stage } from './read-trace.ts';
import { readSwitchPorts } from './switch-ports.ts';

/** What OVS 3.1.0 printed, of OVN 23.03.1 on the drill's topology n3g2v1: n2 is its active gateway. */
function recorded(name: string): string {
  return readFileSync(path.join(import.meta.dirname, '../testing/traces', `${name}.txt`), 'utf8');
}

function stagesOf(name: string): readonly Stage[] {
  return readTrace(recorded(name)) ?? [];
}

/** `br-ext`, which floods as long as it has learned nothing: the node's own kernel hears it too. */
const kernel = 5;

const outputsOf = (stages: readonly Stage[]) =>
  stages
    .flatMap(({ flow, actions }) => effectsOf(actions, flow).outputs)
    .filter(({ port }) => port !== kernel);

test('a node that has the address answers ARP by the port it was asked by', () => {
  const answer = outputsOf(stagesOf('arp-answered')).find(({ port }) => port === 6);
  expect(answer?.frame).toMatchObject({
    arp_op: '2',
    arp_spa: '10.9.101.60',
    arp_sha: '0e:00:00:00:01:10',
    dl_dst: 'a6:5c:bc:dc:79:e0',
  });
});

test('another node does not', () => {
  expect(outputsOf(stagesOf('arp-ignored'))).toEqual([]);
});

test('of IPv6 ovn-controller is to answer, with the address of the floating IP or of the router', () => {
  const answers = (name: string) =>
    stagesOf(name).flatMap(({ errands }) => errands.filter(({ kind }) => kind === 'answer'));
  expect(answers('nd-answered')).toEqual([{ kind: 'answer', mac: '0e:00:00:00:01:10' }]);
  expect(answers('nd-answered-by-router')).toEqual([{ kind: 'answer', mac: '06:00:00:00:00:01' }]);
});

test('a packet goes on after each look-up in conntrack, translated', () => {
  const stages = stagesOf('echo-to-own-node');
  expect(stages.map(({ flow }) => addressesOf(flow).dst)).toEqual([
    '10.9.101.60',
    '10.9.101.60',
    '192.168.1.10',
  ]);
  expect(outputsOf(stages)).toMatchObject([
    { port: 10, tunnel: undefined, frame: { dl_dst: '0a:00:00:00:01:10', nw_ttl: '63' } },
  ]);
});

test('and to where its workload is, in a tunnel', () => {
  expect(outputsOf(stagesOf('echo-to-tunnel'))).toMatchObject([
    {
      port: 2,
      tunnel: { to: '198.19.0.11', id: '0x1', metadata: '0x90007' },
      frame: { nw_dst: '192.168.1.11' },
    },
  ]);
});

test('out of a tunnel, and to the outside with the address of the router', () => {
  expect(outputsOf(stagesOf('snat-from-tunnel'))).toMatchObject([
    { port: 6, tunnel: undefined, frame: { nw_src: '10.9.101.11', nw_dst: '10.9.101.1' } },
  ]);
});

test('a port forward is followed to its backend', () => {
  expect(outputsOf(stagesOf('port-forward'))).toMatchObject([
    { tunnel: { to: '198.19.0.11' }, frame: { nw_dst: '192.168.1.14', tp_dst: '80' } },
  ]);
});

test('who has to ask for the next hop first is known to ask, of either family', () => {
  for (const name of ['unknown-next-hop', 'unknown-next-hop-v6']) {
    expect(stagesOf(name).flatMap(({ errands }) => errands)).toContainEqual({ kind: 'ask' });
    expect(outputsOf(stagesOf(name))).toEqual([]);
  }
});

test('a tunnel whose other end has yet to be asked for is known to ask', () => {
  const text = recorded('echo-to-tunnel').replace(
    /-> tunneling to .*/,
    '-> neighbor cache miss for 198.19.0.11 on bridge br-under, sending ARP request',
  );
  expect(readTrace(text)?.at(-1)?.errands).toEqual([{ kind: 'ask' }]);
});

test('a refusal is no trace', () => {
  expect(readTrace('Unknown bridge br-none')).toBeUndefined();
});

test('ports have numbers, and tunnels have other ends', () => {
  const ports = readSwitchPorts(recorded('ports'));
  expect(ports).toContainEqual({
    bridge: 'br-ext',
    name: 'eth1',
    number: 6,
    remoteIp: undefined,
    peer: undefined,
  });
  expect(ports).toContainEqual({
    bridge: 'br-int',
    name: 'patch-br-int-to-ln',
    number: undefined,
    remoteIp: undefined,
    peer: 'patch-ln-to-br-int',
  });
  expect(ports).toContainEqual({
    bridge: 'br-int',
    name: 'ovn-402a5b-0',
    number: 4,
    remoteIp: '198.19.0.12',
    peer: undefined,
  });
});
