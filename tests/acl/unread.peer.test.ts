import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditOf, fabricOf, flowsOf } from '../../packages/core/src/index.ts';
import { making } from './drawn-acls.ts';
import { makingNetwork, startTracedOvn, type TracedOvn } from './traced-ovn.ts';

let ovn: TracedOvn;
beforeAll(async () => {
  ovn = await startTracedOvn();
  const sets = ['--', 'create', 'Address_Set', 'name=mixed', 'addresses="10.9.0.0/24","fd00::4"'];
  const bad = ['--', 'create', 'Address_Set', 'name=bad', 'addresses="10.9.0.0/24","web"'];
  await ovn.nbctl(...makingNetwork, ...sets, ...bad);
});
afterAll(async () => {
  await ovn?.[Symbol.asyncDispose]();
});

type Acl = { readonly match: string; readonly action?: string; readonly holder?: 's1' | 'ext' };

/** Puts ACLs on a switch, and gives those that we say OVN leaves out, and those that it leaves out. */
async function leftOut(acls: readonly Acl[], beside: readonly Acl[] = []) {
  const rows = [...acls, ...beside].map(({ match, action = 'drop', holder = 's1' }, place) => ({
    ...({ holder, direction: 'to-lport', priority: 100 + place, match, action, isAfterLb: false } as const),
  }));
  await ovn.nbctl(...making(rows));
  const { nb, sb } = ovn.read();
  const fabric = fabricOf(nb, sb);
  const told = auditOf({ nb, sb, fabric, flows: flowsOf(nb, fabric) })
    .filter(({ code }) => code === 'acl-ignored')
    .flatMap(({ rows: [row] }) => [...nb.table('ACL')].find(({ _uuid }) => _uuid === row?.uuid)?.match ?? []);
  const unread = await ovn.unread('s1');
  const isOf = (text: string, match: string): boolean =>
    text === match || text.endsWith(`(${match})`) || text.endsWith(` ${match}`);
  const truth = acls
    .filter(({ match }) => unread.some((text) => isOf(text, match)))
    .map(({ match }) => match);
  return { told: told.toSorted(), truth: truth.toSorted() };
}

const matches = [
  'ip4',
  'tcp.dst == 80',
  'ip4 && !(ip4.src == $as)',
  'inport == @pg',
  'ip4.src == $pg_ip4',
  'ip4 != 0',
  '!ct.est',
  '22 <= tcp.dst <= 80',
  '{80, 443} == tcp.dst',
  'ip6.src == fd00::/64',
  'ip4.src == 10.0.0.0/255.255.0.0',
  '!ct_label',
  'ip4.src[0..7] == 4 || ct.est[0]',
  'is_chassis_resident("web") && ip4',
  'ip4.source == 10.0.0.1',
  'tcp.port == 80',
  'ip.src == 10.0.0.1',
  'ip4.src = 10.0.0.1',
  'ip4 & tcp',
  'ip4 and tcp',
  'inport == web',
  'inport == "web',
  'ip4.src == 10.0.0.300',
  'tcp.dst == 70000',
  'ip4.src == fd00::1',
  'tcp.dst == 080',
  'tcp.dst',
  'tcp.dst == "80"',
  'tcp.dst > {80, 443}',
  'ip.ttl < 9',
  '!(ip4 && tcp)',
  '!ip4.src == 10.0.0.1',
  '!!ip4',
  'ip4 && tcp || udp',
  '(ip4',
  'ip4)',
  'ip4 &&',
  'ip4.src == {}',
  'ip4.src == $gone',
  'outport == @gone',
  'ip4.src == *',
  '22 <= tcp.dst >= 80',
  'ip.proto == tcp',
  'TCP',
  'nofunc("web")',
  'ip4.dst == 10.0.0.0/33',
  'eth.src == 0a:00:00:00:00:1',
  '!{80, 443} == tcp.dst',
  'ip4.src[0..7 == 4',
  'ip4.src[0..7] == 4 && tcp.port == 80',
  'is_chassis_resident("web"',
  'ip4.src[0..7] == 300 && !eth.dst[40]',
  'tcp[0] && !ip4.src[8..15]',
  'ip4.src == 4/255',
  'ip4.src[7..0] == 4',
  'ip4.src[0..32] == 4',
  'ip4.src[0x0..0x7] == 4',
  'ip4.src[0..7]',
  'ip4.src[0..7] > 4/6',
  'ip4.src == 4/0xff',
  'ip.proto[0..3] == 6',
  'inport[0] == 1',
  '!tcp[0]',
  'ip4.dst == $mixed',
  'ip6.dst == $mixed && ip4.dst == $bad',
];

test('what is said to be left out is what OVN cannot read', async () => {
  const { told, truth } = await leftOut(matches.map((match) => ({ match })));
  expect(told).toEqual(truth);
  expect([told.length, matches.length - told.length]).toEqual([47, 18]);
});

test('a group without a port of the switch is told where the match asks for something else as well', async () => {
  const acls = ['inport == @pg || ip4', 'inport == @pg && ip4', 'outport == @none'].map((match) => ({
    ...({ match, holder: 'ext' } as const),
  }));
  expect(await leftOut(acls)).toEqual({
    told: ['inport == @pg || ip4'],
    truth: ['inport == @pg && ip4', 'inport == @pg || ip4', 'outport == @none'],
  });
});

test.each([
  ['reject', ['ip4.src[0..7] == 4 || udp', 'tcp || udp']],
  ['drop', []],
])('alternatives to %s where replies are followed', async (action, expected) => {
  const acls = ['tcp || udp', 'ip4.src[0..7] == 4 || udp', '(icmp4 || arp)'].map((match) => ({
    match,
    action,
  }));
  const stateful = { match: 'ip4.src == 9.9.9.9', action: 'allow-related' };
  expect(await leftOut(acls, [stateful])).toEqual({ told: expected, truth: expected });
  expect(await leftOut(acls)).toEqual({ told: [], truth: [] });
});

const words = [
  'ip4 tcp udp arp ! ( ) && || == != < > <= = { } , 80 0 1',
  '"web" $as $gone @pg 10.0.0.1 10.0.0.0/24 fd00::1 0a:00:00:00:00:01 tcp.dst ip4.src',
  'inport outport ct.est ip.proto eth.src ip6.dst ct_label reg0 icmp4.type foo [ ] .. [0..7] is_chassis_resident',
].flatMap((line) => line.split(' '));

/** Matches that were mutilated: a character is lost, or a word comes in between. */
const mutilated = fc
  .tuple(
    fc.constantFrom(...matches),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.option(fc.constantFrom(...words)),
  )
  .map(([match, share, word]) => {
    const at = Math.floor(share * match.length);
    return word === null
      ? match.slice(0, at) + match.slice(at + 1)
      : `${match.slice(0, at)} ${word} ${match.slice(at)}`;
  });
const made = fc
  .array(fc.constantFrom(...words), { minLength: 1, maxLength: 7 })
  .map((parts) => parts.join(' '));

test('nothing that OVN can read is said to be left out', async () => {
  const seen = { told: 0, untold: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(
        fc
          .oneof(mutilated, made)
          .map((match) => match.trim())
          .filter((match) => match !== ''),
        {
          minLength: 60,
          maxLength: 60,
        },
      ),
      async (drawn) => {
        const { told, truth } = await leftOut(drawn.map((match) => ({ match })));
        expect(told.filter((match) => !truth.includes(match))).toEqual([]);
        seen.told += told.length;
        seen.untold += truth.length - told.length;
      },
    ),
    { seed: Number(process.env['BERTH_SEED'] ?? 7), numRuns: 8 },
  );
  // Only what nobody can be sure of is kept back.
  expect(seen.told).toBeGreaterThan(seen.untold * 10);
});
