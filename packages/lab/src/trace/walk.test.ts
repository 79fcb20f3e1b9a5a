import { expect, test } from 'vitest';
import type { LabPlan } from '../lab/plan.ts';
import { readActions } from './actions.ts';
import { type Fields, readFields, writeFields } from './fields.ts';
import type { Entry } from './node-switch.ts';
import type { Stage } from './read-trace.ts';
import type { NodeScene, Scene } from './scene.ts';
import { Conversation, type Journey } from './walk.ts';

const out = 'a6:00:00:00:00:01';
const tunnel = (to: string): string =>
  `tnl_push(header(ipv4(src=x,dst=${to})),geneve(vni=0x1,options({class=0x102,type=0x80,len=4,0x90007}))),2`;
const echo = (src: string, dst: string, mac = '06:00:00:00:00:01'): Fields =>
  readFields(
    `icmp,dl_src=0a:00:00:00:00:01,dl_dst=${mac},nw_src=${src},nw_dst=${dst},icmp_type=8,icmp_code=0`,
  );

/** A switch that says what it is told to, by port and destination. */
function node(name: string, tunnelIp: string, peer: string, says: (entry: Entry) => string): NodeScene {
  const trace = (entry: Entry): Promise<readonly Stage[]> =>
    Promise.resolve(
      says(entry)
        .split('|')
        .map((text) => ({ number: '', flow: entry.frame, actions: readActions(text), errands: [] })),
    );
  const port = (
    bridge: string,
    port: string,
    number: number | undefined,
    remoteIp?: string,
    peer?: string,
  ) => ({
    ...{ bridge, name: port, number, remoteIp, peer },
  });
  return {
    ...{ name, tunnelIp, hasController: true, up: new Set(['eth1', 'under0', 'p1']) },
    control: { trace, [Symbol.dispose]: () => undefined },
    pods: new Map([['p1', `pod.x.${name}`]]),
    ports: [
      port('br-ext', 'eth1', 6),
      port('br-ext', 'out', undefined, undefined, 'in'),
      port('br-int', 'in', undefined, undefined, 'out'),
      port('br-under', 'under0', 2),
      port('br-int', 'p1', 9),
      port('br-int', 'geneve', 4, peer),
    ],
  };
}

function scene(...nodes: readonly NodeScene[]): Scene {
  return {
    plan: { wires: ['ext0'], nodes: [] } as unknown as LabPlan,
    nodes: new Map(nodes.map((each) => [each.name, each])),
    wiresUp: new Set(['ext0', 'under']),
    outside: new Map([['ext0', out]]),
    [Symbol.dispose]: () => undefined,
  };
}

const external = { wire: 'ext0', vlanId: 0 };
const fromPod = (frame: Fields): Entry => ({ bridge: 'br-int', port: 'p1', frame, connection: 'new' });
const told = ({ arrivals, wires, ends, unclear }: Journey) => ({
  arrivals: arrivals.map(({ place, frame }) => `${place} ${frame['nw_src']}>${frame['nw_dst']}`),
  ...{ wires, ends, unclear },
});

/** n1 tunnels everything to n2, which has the pod or the wire. */
const n1 = node('n1', '10.0.0.1', '10.0.0.2', () => tunnel('10.0.0.2'));
const gateway = node('n2', '10.0.0.2', '10.0.0.1', ({ port }) =>
  port === 'geneve' ? `set(eth(dst=${out})),6` : '9',
);

test('a packet goes through a tunnel and out by the wire', async () => {
  const journey = await new Conversation(scene(n1, gateway), external).follow(
    'n1',
    fromPod(echo('1.1.1.1', '2.2.2.2')),
  );
  expect(told(journey)).toEqual({
    ...{ arrivals: ['outside 1.1.1.1>2.2.2.2'], wires: ['n2'], ends: [], unclear: undefined },
  });
});

test.each([
  ['a dead node', scene(n1, { ...gateway, control: undefined }), 'n2 stands still'],
  ['a cut tunnel', scene({ ...n1, up: new Set(['p1']) }, gateway), 'the tunnel from n1 to n2 is cut'],
  [
    'no tunnel back',
    scene(n1, { ...gateway, ports: gateway.ports.filter(({ remoteIp }) => !remoteIp) }),
    'n2 has no tunnel to n1',
  ],
  [
    'an uplink without carrier',
    scene(n1, { ...gateway, up: new Set(['under0']) }),
    'the uplink of n2 is down',
  ],
  [
    'no external network',
    { ...scene(n1, gateway), wiresUp: new Set(['under']) },
    'the external network ext0 is down',
  ],
  ['a drop', scene(node('n1', '', '', () => 'drop')), 'n1 drops it'],
] as const)('%s ends it', async (_, where, end) => {
  const journey = await new Conversation(where, external).follow('n1', fromPod(echo('1.1.1.1', '2.2.2.2')));
  expect(told(journey)).toMatchObject({ arrivals: [], ends: [end], unclear: undefined });
});

test('an answer to a translated source comes in as conntrack translates it', async () => {
  const asked: string[] = [];
  const snat = node('n1', '', '', ({ frame, port }) => {
    asked.push(writeFields(frame));
    if (port === 'p1')
      return `ct(commit,zone=4,nat(src=10.9.101.11)),recirc(0x1)|set(ipv4(src=10.9.101.11)),set(eth(dst=${out})),6`;
    return frame['nw_dst'] === '192.168.1.4' ? '9' : 'ct(zone=4,nat),recirc(0x2)|drop';
  });
  const talk = new Conversation(scene(snat), external);
  const there = await talk.follow('n1', fromPod(echo('192.168.1.4', '10.9.101.1')));
  expect(told(there).arrivals).toEqual(['outside 10.9.101.11>10.9.101.1']);
  const back = { ...echo('10.9.101.1', '10.9.101.11'), icmp_type: '0' };
  const reply = { bridge: 'br-ext', port: 'eth1', frame: back, connection: 'reply' as const };
  expect(told(await talk.follow('n1', reply)).arrivals).toEqual(['pod.x.n1 10.9.101.1>192.168.1.4']);
  expect(asked.at(-1)).toContain('nw_dst=192.168.1.4');

  const bare = { ...snat, ports: snat.ports.filter(({ number }) => number !== undefined) };
  const elsewhere = new Conversation(scene(bare), external);
  await elsewhere.follow('n1', fromPod(echo('192.168.1.4', '10.9.101.1')));
  expect((await elsewhere.follow('n1', reply)).unclear).toBe(
    'only the conntrack of n1 knows where it goes on',
  );
});

test('who has yet to ask for a neighbour leaves it open', async () => {
  const asking = node('n1', '', '', () => 'userspace(pid=0)');
  const stages: readonly Stage[] = [{ number: '', flow: {}, actions: [], errands: [{ kind: 'ask' }] }];
  const control = { trace: () => Promise.resolve(stages), [Symbol.dispose]: () => undefined };
  const journey = await new Conversation(scene({ ...asking, control }), external).follow('n1', fromPod({}));
  expect(journey).toMatchObject({ unclear: 'n1 has yet to ask who has the next hop', isAsking: true });
});
