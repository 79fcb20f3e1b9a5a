import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { droppedTalk, fabricOf, flowsOf } from '../../packages/core/src/index.ts';
import { acls, making } from './drawn-acls.ts';
import { makingNetwork, network, startTracedOvn, type TracedOvn } from './traced-ovn.ts';
import { clientsOf, comesAbout, type TalkName, talks } from './traced-talk.ts';

let ovn: TracedOvn;
beforeAll(async () => {
  ovn = await startTracedOvn();
  await ovn.nbctl(...makingNetwork);
});
afterAll(async () => {
  await ovn?.[Symbol.asyncDispose]();
});

/** What is said of a conversation: that it is dropped, passes, or may be dropped. */
function said(direction: 'inbound' | 'outbound', name: TalkName): string {
  const { nb, sb } = ovn.read();
  const fabric = fabricOf(nb, sb);
  const flow = flowsOf(nb, fabric).find(
    (each) => each.kind === 'floating-ip' && each.direction === direction,
  );
  if (flow === undefined) throw new Error('no flow');
  const found = droppedTalk({ nb, fabric }, flow, { ...talks[name].talk, peer: network.peer });
  if (found.length === 0) return 'passes';
  return found.some(({ severity }) => severity === 'error') ? 'dropped' : 'perhaps';
}

/** What becomes of it, from whatever port it begins: `perhaps` where some come about. */
async function truthOf(
  direction: 'inbound' | 'outbound',
  name: TalkName,
  switches: readonly ('s1' | 'ext')[],
): Promise<string> {
  const clients = name === 'icmp' ? ([40_000] as const) : clientsOf[direction];
  const through = new Set<boolean>();
  for (const client of clients) {
    through.add(await comesAbout(ovn, direction, name, client, switches));
    if (through.size > 1) return 'perhaps';
  }
  return through.has(true) ? 'passes' : 'dropped';
}

/** As many cases as are played, or for so long further ones are begun. */
const seconds = process.env['BERTH_SAMPLE_SECONDS'];
const played =
  seconds === undefined
    ? { numRuns: 60 }
    : { numRuns: 100_000, interruptAfterTimeLimit: Number(seconds) * 1_000 };

test('what is said of a conversation among any ACLs is what ovn-trace tells of its packets', async () => {
  const seen = { dropped: 0, passes: 0, perhaps: 0 };
  await fc.assert(
    fc.asyncProperty(
      acls,
      fc.constantFrom('inbound' as const, 'outbound' as const),
      fc.constantFrom<TalkName>('icmp', 'tcp', 'udp'),
      async (drawn, direction, name) => {
        await ovn.nbctl(...making(drawn));
        const switches = new Set(drawn.map(({ holder }) => (holder === 'ext' ? holder : 's1')));
        const told = said(direction, name);
        const truth = await truthOf(direction, name, [...switches]);
        seen[told as keyof typeof seen] += 1;
        // Which of two with one priority counts nobody knows.
        const priorities = drawn.map(
          (each) => `${each.direction} ${each.priority} ${each.holder === 'ext'} ${each.isAfterLb}`,
        );
        const hasTie = new Set(priorities).size < priorities.length;
        expect({ drawn, direction, name, told }).toEqual({
          ...{ drawn, direction, name },
          told: told === 'perhaps' && hasTie ? told : truth,
        });
      },
    ),
    { seed: Number(process.env['BERTH_SEED'] ?? 11), ...played },
  );
  expect(Math.min(seen.dropped, seen.passes)).toBeGreaterThan(5);
});

test.each<[holder: 'ext' | 's1', match: string, is: string]>([
  ['ext', 'ip4', 'dropped'],
  ['ext', 'ip4 || inport == @pg', 'passes'],
  ['ext', '(eth.type == 0x800) || (inport == @pg) || (inport == "web")', 'passes'],
  ['ext', 'ip4 || inport == @wide', 'dropped'],
  ['ext', 'ip4 || inport == @none', 'passes'],
  ['ext', 'ip4 && ip4.src != $pg_ip4', 'dropped'],
  ['s1', 'ip4 || inport == @pg', 'dropped'],
  ['s1', 'ip4 || inport == @none', 'passes'],
])('a match names only port groups with a port of its switch: %s %s', async (holder, match, is) => {
  const acl = {
    ...{ holder, priority: 0, match, action: 'drop', isAfterLb: false },
    direction: 'from-lport',
  } as const;
  await ovn.nbctl(...making([acl]));
  expect([said('inbound', 'udp'), await truthOf('inbound', 'udp', [holder])]).toEqual([is, is]);
});

test.each<[direction: 'from-lport' | 'to-lport', match: string]>([
  ['to-lport', 'tcp.dst == 8080'],
  ['to-lport', 'outport == "web" && tcp.dst == 8080'],
  ['to-lport', 'tcp.src == 8080'],
  ['to-lport', 'tcp.dst >= 8080'],
  ['to-lport', 'outport == "web" && tcp.dst < 32768'],
  ['from-lport', 'tcp.dst == 8080'],
  ['from-lport', 'inport == "web" && tcp.src == 8080'],
  ['from-lport', 'tcp.src == {80, 8080}'],
])(
  'what is said of connections is true from every port that their ends choose: %s %s',
  async (way, match) => {
    const acl = {
      holder: 's1',
      direction: way,
      priority: 9,
      match,
      action: 'drop',
      isAfterLb: false,
    } as const;
    await ovn.nbctl(...making([acl]));
    for (const direction of ['inbound', 'outbound'] as const)
      expect([direction, said(direction, 'tcp')]).toEqual([
        direction,
        await truthOf(direction, 'tcp', ['s1']),
      ]);
  },
);

test.each<[direction: 'from-lport' | 'to-lport', match: string]>([
  ['to-lport', 'ct.new && ip4'],
  ['to-lport', '!ct.est && ip4'],
  ['to-lport', 'ct.new && icmp4'],
  ['to-lport', 'outport == "web" && ct.new'],
  ['to-lport', 'outport == "s1-r" && ip4 && !ct.trk'],
  ['to-lport', 'outport == "s1-r" && ip4 && ct.est'],
  ['from-lport', 'ct.new && ip4'],
  ['from-lport', '!ct.trk && ip4'],
])('what is said where connections are followed is what becomes of them: %s %s', async (way, match) => {
  const each = {
    holder: 's1',
    direction: way,
    priority: 10,
    match,
    action: 'drop',
    isAfterLb: false,
  } as const;
  const related = { ...each, priority: 9, match: 'ip', action: 'allow-related' } as const;
  await ovn.nbctl(
    ...making([each, { ...related, direction: 'to-lport' }, { ...related, direction: 'from-lport' }]),
  );
  for (const direction of ['inbound', 'outbound'] as const)
    for (const name of ['icmp', 'udp'] as const)
      expect([direction, name, said(direction, name)]).toEqual([
        direction,
        name,
        await truthOf(direction, name, ['s1']),
      ]);
});
