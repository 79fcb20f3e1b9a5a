import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditOf, type Finding, fabricOf, flowsOf } from '../../packages/core/src/index.ts';
import { makingNetwork, startTracedOvn, type TracedOvn } from './traced-ovn.ts';

let ovn: TracedOvn;
beforeAll(async () => {
  ovn = await startTracedOvn();
  await ovn.nbctl(...makingNetwork);
  await ovn.nbctl('lr-nat-add', 'vpc1', 'dnat_and_snat', '10.9.0.10', '192.168.0.5');
});
afterAll(async () => {
  await ovn?.[Symbol.asyncDispose]();
});

/** What is told of ACLs. */
function told(): readonly Finding[] {
  const { nb, sb } = ovn.read();
  const fabric = fabricOf(nb, sb);
  return auditOf({ nb, sb, fabric, flows: flowsOf(nb, fabric) }).filter(({ code }) =>
    code.startsWith('acl-'),
  );
}

/** The commands of a cure as they are printed. */
function commandsOf({ cure }: Finding): readonly string[] {
  return [...cure.matchAll(/ovn-nbctl .*?(?=, or let|; it names|$)/g)].map(([command]) => command);
}

/** Whether a message is about the rule and the address of a finding. */
function isOf({ message }: Finding, other: string): boolean {
  const [rule = ''] = /ACL \w+-lport \d+ \(.*?\) \w+ of (?:switch|port group) \w+/.exec(message) ?? [];
  const [address = ''] = /^[\d.]+/.exec(message) ?? [];
  return other.startsWith(`${address},`) || other.startsWith(`${address}:`)
    ? other.includes(`${rule} drops`) || other.includes(`${rule}, and`)
    : false;
}

type Rule = readonly [
  holder: string,
  direction: string,
  priority: number,
  match: string,
  action?: string,
  late?: true,
];

const adding = (rules: readonly Rule[]): readonly string[] =>
  rules.flatMap(([holder, direction, priority, match, action = 'drop', late]) => [
    '--',
    ...(holder === 'pg' ? ['--type=port-group'] : []),
    ...(late ? ['--apply-after-lb'] : []),
    ...['acl-add', holder, `${direction}-lport`, String(priority), match, action],
  ]);

const clearing = [
  ...['acl-del', 's1', '--', 'acl-del', 'ext', '--', '--type=port-group', 'acl-del', 'pg'],
  ...['--', 'remove', 'NB_Global', '.', 'options', 'default_acl_drop'],
];

test.each<[what: string, rules: readonly Rule[], commands: number]>([
  ['a port', [['s1', 'to', 1000, 'outport == "web" && tcp.dst == 22']], 2],
  ['ICMP', [['s1', 'to', 1000, 'icmp4']], 2],
  ['one of two families', [['s1', 'to', 1000, '(ip4 || ip6) && udp']], 2],
  ['everything', [['s1', 'to', 1000, '1']], 2],
  ['both families', [['s1', 'from', 1000, 'ip4 || ip6']], 2],
  ['ARP', [['s1', 'from', 1000, 'arp']], 2],
  ['ARP and a port', [['s1', 'from', 1000, 'arp || tcp.dst == 22']], 2],
  ['the other end', [['s1', 'to', 5, 'ip4.src == 10.0.0.0/8']], 2],
  ['all but a network', [['s1', 'to', 5, 'ip4.src != 10.9.0.0/24 && ip4.dst == 192.168.0.4']], 2],
  ['an address set', [['s1', 'to', 5, 'ip4.src == $as && tcp']], 2],
  ['a set of a port group', [['s1', 'to', 5, 'ip4.dst == $pg_ip4 && tcp.dst == {22, 80}']], 2],
  [
    'a nested not',
    [
      [
        's1',
        'to',
        5,
        'outport == "web" && !(tcp.dst == 80 || (ip4.src == 10.9.0.0/24 && !(ip4.dst == 192.168.0.5)))',
      ],
    ],
    2,
  ],
  ['a range', [['s1', 'to', 5, '1000 <= tcp.dst < 2000']], 2],
  ['what is not worked out', [['s1', 'to', 5, 'ip4.src[0..7] == 4 && ip.ttl == 9']], 2],
  ['a port group', [['pg', 'to', 1000, 'outport == @pg && tcp']], 2],
  [
    'a port group before a switch',
    [
      ['pg', 'to', 1000, 'outport == @pg && tcp'],
      ['s1', 'to', 1001, 'ip4', 'allow-related'],
      ['s1', 'from', 3, 'udp'],
    ],
    2,
  ],
  ['after the load-balancers', [['s1', 'from', 1000, 'tcp', 'reject', true]], 2],
  ['the highest priority', [['s1', 'to', 32_767, 'tcp']], 1],
  [
    'below others that drop',
    [
      ['s1', 'to', 1000, 'tcp'],
      ['s1', 'to', 1001, 'udp'],
      ['s1', 'to', 1002, 'tcp.dst == 80'],
    ],
    2,
  ],
  [
    'right below the highest',
    [
      ['s1', 'to', 32_766, 'tcp'],
      ['s1', 'to', 32_767, 'udp'],
    ],
    1,
  ],
  [
    'where replies are followed',
    [
      ['s1', 'to', 1000, 'tcp'],
      ['s1', 'from', 7, 'ip4', 'allow-related'],
    ],
    2,
  ],
  [
    'all but what others let pass',
    [
      ['s1', 'to', 1000, 'ip4'],
      ['s1', 'to', 1001, 'tcp.dst == 443', 'allow-related'],
    ],
    2,
  ],
  ['the external switch', [['ext', 'from', 1000, 'ip4.dst == 10.9.0.9 && tcp']], 2],
  ['all of the external switch', [['ext', 'to', 1000, '1']], 2],
  [
    'a switch and a port group the same',
    [
      ['s1', 'to', 1000, 'tcp'],
      ['pg', 'to', 1000, 'tcp'],
    ],
    2,
  ],
])('each cure of %s ends the finding, as it is printed', async (_, rules, count) => {
  const before = async (): Promise<readonly Finding[]> => {
    await ovn.nbctl(...clearing, ...adding(rules));
    return told();
  };
  const first = await before();
  expect(first).not.toEqual([]);
  const sizes: number[] = [];
  for (const [place, finding] of first.entries()) {
    const commands = commandsOf(finding);
    sizes.push(commands.length);
    for (const [at, command] of commands.entries()) {
      const [again] = (await before()).slice(place);
      expect(commandsOf(again ?? finding)).toEqual(commands);
      await ovn.type(command);
      const left = told().filter(({ message }) => isOf(finding, message));
      expect({ at, command, left }).toEqual({ at, command, left: [] });
    }
  }
  expect(Math.min(...sizes)).toBe(count);
});

test('default_acl_drop is taken away as its cure says', async () => {
  await ovn.nbctl(
    ...clearing,
    '--',
    'set',
    'NB_Global',
    '.',
    'options:default_acl_drop=true',
    ...adding([['s1', 'to', 5, 'tcp', 'allow']]),
  );
  const [found] = told();
  expect(found?.message).toContain('default_acl_drop');
  const [command, ...others] = commandsOf(found as Finding);
  expect(others).toEqual([]);
  await ovn.type(command ?? '');
  expect(told()).toEqual([]);
});
