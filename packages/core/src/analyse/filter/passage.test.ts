import { type NbTables, nbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { expect, it } from 'vitest';
import { spanOf } from '../flows/address-text.ts';
import { aclsOf } from './acls.ts';
import type { Filtered } from './filtered.ts';
import { passageFates } from './passage-fates.ts';

const uuid = (place: number): Uuid =>
  `00000000-0000-4000-8000-0000000000${String(place).padStart(2, '0')}` as Uuid;

type Acl = readonly [
  direction: 'from-lport' | 'to-lport',
  priority: number,
  match: string,
  action: NbTables['ACL']['action'],
];

/** A switch with ACLs of its own, and a port group of the workload with others. */
function switchWith(own: readonly Acl[], ofGroup: readonly Acl[] = [], dropsRest = false) {
  const all = [...own, ...ofGroup];
  const nb = snapshotOf<NbTables>(nbSchema, {
    NB_Global: [{ options: new Map(dropsRest ? [['default_acl_drop', 'true']] : []) }],
    ACL: all.map(([direction, priority, match, action], place) => ({
      ...{ _uuid: uuid(20 + place), direction, priority, match, action },
    })),
    Logical_Switch_Port: [
      { _uuid: uuid(2), name: 'web' },
      { _uuid: uuid(3), name: 'elsewhere' },
    ],
    Port_Group: [
      { name: 'others', ports: new Set([uuid(3)]) },
      { name: 'nobody', ports: new Set() },
      {
        name: 'pg',
        ports: new Set([uuid(2)]),
        acls: new Set(ofGroup.map((_, at) => uuid(20 + own.length + at))),
      },
    ],
    Logical_Switch: [
      {
        _uuid: uuid(1),
        name: 's1',
        ports: new Set([uuid(2)]),
        acls: new Set(own.map((_, at) => uuid(20 + at))),
      },
    ],
  });
  return aclsOf(nb, { addresses: () => undefined })(uuid(1));
}

const notIn = ['192.168.0.0/24'].flatMap((text) => spanOf(text) ?? []);
const workload = { outer: 's1-r', inner: 'web', ip: '192.168.0.4', isWorkload: true, notIn };

function told({ obstacle, drops }: Filtered): string {
  if (obstacle !== undefined) return 'dropped';
  return drops.length > 0 ? 'perhaps' : 'passes';
}

function fates(own: readonly Acl[], ofGroup: readonly Acl[] = [], dropsRest = false): readonly string[] {
  const acls = switchWith(own, ofGroup, dropsRest);
  if (acls === undefined) return ['passes', 'passes'];
  const { inbound, outbound } = passageFates(acls, workload);
  return [told(inbound), told(outbound)];
}

/** What `ovn-trace` of 23.03 says of a request and its reply where the answer is certain. */
it.each<[readonly Acl[], inbound: string, outbound: string]>([
  [[['to-lport', 100, 'outport == "web" && ip4', 'drop']], 'dropped', 'dropped'],
  [[['to-lport', 100, 'outport == "web" && ip4', 'reject']], 'dropped', 'dropped'],
  [[['from-lport', 100, 'inport == "web" && ip4', 'drop']], 'dropped', 'dropped'],
  [[['from-lport', 100, 'inport == "s1-r" && ip4', 'drop']], 'dropped', 'dropped'],
  [[['to-lport', 100, 'ip4', 'drop']], 'dropped', 'dropped'],
  [[['from-lport', 100, '1', 'drop']], 'dropped', 'dropped'],
  [[['from-lport', 100, 'arp', 'drop']], 'dropped', 'dropped'],
  [[['to-lport', 100, 'ip4.dst == 192.168.0.4', 'drop']], 'dropped', 'dropped'],
  // Of others, of the other family, or with something before it that lets everything pass.
  [[['to-lport', 100, 'outport == "db"', 'drop']], 'passes', 'passes'],
  [[['to-lport', 100, 'ip4.dst == 192.168.0.5', 'drop']], 'passes', 'passes'],
  [[['to-lport', 100, 'ip6', 'drop']], 'passes', 'passes'],
  // By which port a packet leaves is not decided where it comes from one.
  [[['from-lport', 100, 'outport == "web" && ip4', 'drop']], 'passes', 'passes'],
  [[['from-lport', 100, 'outport == {"web", "s1-r"}', 'drop']], 'passes', 'passes'],
  [[['to-lport', 100, 'inport == "s1-r" && ip4', 'drop']], 'dropped', 'dropped'],
  [[['to-lport', 100, 'inport == "db" && ip4', 'drop']], 'passes', 'passes'],
  [
    [
      ['to-lport', 100, 'ip4.dst == 192.168.0.4', 'drop'],
      ['to-lport', 150, 'ip4', 'allow'],
    ],
    'passes',
    'passes',
  ],
  [
    [
      ['to-lport', 100, 'ip4.dst == 192.168.0.4', 'drop'],
      ['to-lport', 50, 'ip4', 'allow'],
    ],
    'dropped',
    'dropped',
  ],
  // Of a part of the packets, or of a part but.
  [[['to-lport', 100, 'outport == "web" && tcp.dst == 22', 'drop']], 'perhaps', 'passes'],
  // What a workload connects from is a port that its kernel chose; what it is asked from may be any but those of services.
  [[['to-lport', 100, 'outport == "web" && tcp.dst == 8080', 'drop']], 'perhaps', 'passes'],
  [[['to-lport', 100, 'outport == "web" && tcp.dst == 40000', 'drop']], 'perhaps', 'perhaps'],
  [[['to-lport', 100, 'outport == "web" && 1024 <= tcp.dst < 32768', 'drop']], 'perhaps', 'passes'],
  [[['to-lport', 100, 'outport == "web" && udp.dst == 8080', 'drop']], 'perhaps', 'perhaps'],
  [[['to-lport', 100, 'outport == "web" && tcp.src == 8080', 'drop']], 'perhaps', 'perhaps'],
  [[['from-lport', 100, 'inport == "web" && tcp.src == 8080', 'drop']], 'perhaps', 'passes'],
  [[['from-lport', 100, 'inport == "web" && tcp.dst == 8080', 'drop']], 'perhaps', 'perhaps'],
  [[['from-lport', 100, 'inport == "web" && tcp.dst == 22', 'drop']], 'passes', 'perhaps'],
  [[['to-lport', 100, 'ip4.src == 10.9.0.0/16', 'drop']], 'perhaps', 'perhaps'],
  [
    [
      ['to-lport', 100, 'outport == "web" && ip4', 'drop'],
      ['to-lport', 200, 'icmp4', 'allow'],
    ],
    'perhaps',
    'perhaps',
  ],
  // Nobody knows which of two with one priority counts.
  [
    [
      ['to-lport', 100, 'ip4', 'drop'],
      ['to-lport', 100, 'outport == "web"', 'allow'],
    ],
    'dropped',
    'dropped',
  ],
  [
    [
      ['to-lport', 100, 'outport == "web" && ip4', 'drop'],
      ['to-lport', 100, 'outport == "web"', 'allow'],
    ],
    'perhaps',
    'perhaps',
  ],
  // Where replies are followed, a drop of one direction stops what begins there.
  [
    [
      ['to-lport', 100, 'outport == "web" && ip4', 'drop'],
      ['from-lport', 200, 'inport == "web"', 'allow-related'],
    ],
    'dropped',
    'passes',
  ],
  [
    [
      ['from-lport', 100, 'inport == "web" && ip4', 'drop'],
      ['to-lport', 200, 'outport == "web"', 'allow-related'],
    ],
    'passes',
    'dropped',
  ],
  // What an ACL keeps from conntrack is asked for like any other packet, and so is its reply.
  [
    [
      ['to-lport', 300, 'outport == "web" && ip4', 'drop'],
      ['to-lport', 200, 'ip4', 'allow-stateless'],
      ['from-lport', 100, 'ip6', 'allow-related'],
    ],
    'dropped',
    'dropped',
  ],
  // Sets that only let pass change nothing.
  [[['to-lport', 100, 'tcp', 'allow-related']], 'passes', 'passes'],
])('%j: in %s, out %s', (acls, inbound, outbound) => {
  expect(fates(acls)).toEqual([inbound, outbound]);
});

const followed: readonly Acl[] = [
  ['from-lport', 900, 'ip', 'allow-related'],
  ['to-lport', 900, 'ip', 'allow-related'],
];

it.each<[direction: Acl[0], match: string, inbound: string, outbound: string]>([
  ['to-lport', 'ct.new && ip4', 'dropped', 'passes'],
  ['to-lport', '!ct.est && ip4', 'dropped', 'passes'],
  ['to-lport', 'ct.new && icmp4', 'perhaps', 'passes'],
  ['to-lport', 'outport == "web" && ct.new', 'dropped', 'passes'],
  ['to-lport', 'outport == "s1-r" && ct.new', 'passes', 'passes'],
  ['to-lport', 'outport == "s1-r" && ip4 && !ct.trk', 'passes', 'dropped'],
  ['to-lport', 'outport == "s1-r" && ip4 && ct.est', 'passes', 'dropped'],
  ['from-lport', 'ct.new && ip4', 'passes', 'dropped'],
  ['from-lport', '!ct.est && ip4', 'passes', 'dropped'],
])('what begins a connection is committed, and untracked where it leaves: %s %s', (way, match, ...is) => {
  expect(fates([...followed, [way, 1000, match, 'drop']])).toEqual(is);
});

it('nothing is tracked where no ACL is for connections', () => {
  expect(fates([['to-lport', 1000, 'ct.new && ip4', 'drop']])).toEqual(['passes', 'passes']);
  expect(fates([['to-lport', 1000, '!ct.est && ip4', 'drop']])).toEqual(['passes', 'passes']);
  expect(fates([['to-lport', 1000, '!ct.trk && ip4', 'drop']])).toEqual(['dropped', 'dropped']);
});

it('ACLs of a port group count on every switch with a port of it', () => {
  const drop: Acl = ['to-lport', 1000, 'outport == @pg && ip', 'drop'];
  expect(fates([], [drop])).toEqual(['dropped', 'dropped']);
  const allow: Acl = ['to-lport', 2000, 'outport == @pg && ip4.src == 10.9.0.0/24', 'allow-related'];
  expect(fates([], [drop, allow])).toEqual(['perhaps', 'passes']);
  expect(fates([], [drop, ['to-lport', 2000, 'outport == @pg', 'allow-related']])).toEqual([
    'passes',
    'passes',
  ]);
});

it.each(['others', 'nobody', 'gone'])(
  'a match that names a port group without a port of the switch is none, whatever else it asks: @%s',
  (name) => {
    expect(fates([['to-lport', 9, `ip4 || outport == @${name}`, 'drop']])).toEqual(['passes', 'passes']);
    expect(fates([['to-lport', 9, 'ip4 || outport == @pg', 'drop']])).toEqual(['dropped', 'dropped']);
  },
);

it('with default_acl_drop what no ACL lets pass is dropped, where there are any', () => {
  expect(fates([], [], true)).toEqual(['passes', 'passes']);
  expect(fates([['to-lport', 100, 'ip4', 'allow']], [], true)).toEqual(['dropped', 'dropped']);
  const both: readonly Acl[] = [
    ['to-lport', 100, '1', 'allow'],
    ['from-lport', 100, '1', 'allow'],
  ];
  // 23.03 drops it all the same, at its second place for packets from a port.
  expect(fates(both, [], true)).toEqual(['dropped', 'dropped']);
});

it('on an external switch both ends ask for each other, and nothing is followed', () => {
  const outside = { outer: 'localnet.ext', inner: 'ext-r', ip: '10.9.0.9', isWorkload: false, notIn };
  const of = (...rules: readonly Acl[]) => {
    const acls = switchWith(rules);
    const { inbound, outbound } = acls ? passageFates(acls, outside) : {};
    return [inbound, outbound].map((each) => each && told(each));
  };
  expect(of(['from-lport', 100, 'ip4.dst == 10.9.0.9', 'drop'])).toEqual(['dropped', 'dropped']);
  expect(of(['to-lport', 100, 'outport == "ext-r" && ip4.dst == 10.9.0.8', 'drop'])).toEqual([
    'passes',
    'passes',
  ]);
  expect(of(['from-lport', 100, 'inport == "localnet.ext" && arp', 'drop'])).toEqual(['dropped', 'dropped']);
  const related: Acl = ['from-lport', 5, 'ip4', 'allow-related'];
  expect(of(['to-lport', 100, 'outport == "ext-r" && ip4', 'drop'], related)).toEqual(['dropped', 'dropped']);
});

it('says which row it is, and of what is assumed as well', () => {
  const acls = switchWith([
    ['to-lport', 100, 'ip4', 'drop'],
    ['to-lport', 200, 'outport == "web" && tcp', 'allow'],
    ['from-lport', 7, 'udp', 'reject'],
  ]);
  const { inbound } = acls ? passageFates(acls, workload) : {};
  expect(inbound?.obstacle).toMatchObject({
    reason: 'acl-drops',
    why: 'ACL to-lport 100 (ip4) drop of switch s1, and nothing before it lets it pass',
    rows: [{ table: 'ACL', name: 'to-lport 100 ip4' }],
  });
  const partly = switchWith([['from-lport', 7, 'udp', 'reject']]);
  expect(partly && passageFates(partly, workload).outbound.drops).toMatchObject([
    { by: 'ACL from-lport 7 (udp) reject of switch s1', what: 'drops what has udp' },
  ]);
});
