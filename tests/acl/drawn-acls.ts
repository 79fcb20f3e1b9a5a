import fc from 'fast-check';

/** A rule as `ovn-nbctl acl-add` takes it. */
export type DrawnAcl = {
  readonly holder: 's1' | 'pg' | 'ext';
  readonly direction: 'from-lport' | 'to-lport';
  readonly priority: number;
  readonly match: string;
  readonly action: string;
  readonly isAfterLb: boolean;
};

const fields = fc.constantFrom(
  ...['inport == "web"', 'inport == "s1-r"', 'outport == "web"', 'outport == "s1-r"', 'outport == "db"'],
  ...['inport == @pg', 'outport == @pg', 'inport == @wide', 'inport == {"web", "db"}'],
  ...['inport == "ln"', 'outport == "ext-r"'],
  ...['1', 'ip', 'ip4', 'ip6', 'arp', 'tcp', 'udp', 'icmp4', 'icmp', 'eth.type == 0x800'],
  ...['ip4.src == 10.9.0.77', 'ip4.src == 10.9.0.0/16', 'ip4.src != 10.9.0.0/24', 'ip4.src == $as'],
  ...['ip4.dst == 192.168.0.4', 'ip4.dst == {192.168.0.4, 192.168.0.5}', 'ip4.dst == $pg_ip4'],
  ...[
    'ip4.src == 192.168.0.4',
    'ip4.src == 192.168.0.0/24',
    'ip4.dst != 192.168.0.0/24',
    'ip4.dst == 10.9.0.9',
  ],
  ...['tcp.dst == 80', 'tcp.dst == {22, 80}', '{22, 80} == tcp.dst', 'tcp.dst != 22'],
  ...['22 <= tcp.dst <= 100', 'tcp.dst > 80'],
  ...[
    'tcp.src == 80',
    'udp.dst == 53',
    'udp.src == 53',
    'icmp4.type == 8',
    'icmp4.type == 0',
    'ip.proto == 6',
  ],
  // Ports that services have and clients as well: where one begins to count, `clientsOf` has one on either side.
  ...['tcp.dst == 8080', 'tcp.src == 8080', 'tcp.src == {80, 8080}', 'tcp.src != 8080', 'tcp.dst >= 8080'],
  ...['tcp.dst < 32768', 'tcp.src > 49151', 'udp.dst != {53, 8080}', 'udp.src < 32768', 'udp.dst == 8080'],
  ...['ct.new', 'ct.est', '!ct.est', 'ct.trk', '!ct.trk', 'ct.new && ip4', 'ct.est && ip4', 'ct.rpl'],
);

/** Bits of fields, values with masks, and what they have in common: of the workload's own all is known. */
const parts = fc.constantFrom(
  ...[
    'ip4.dst[0..7] == 4',
    'ip4.dst[0..7] == 6',
    'ip4.dst[0..15] == 4',
    'ip4.dst[0..7] == 260',
    'ip4.dst[2]',
  ],
  ...[
    'ip4.src[0..7] == {4, 9}',
    'ip4.src[0..7] != 4',
    'ip4.src[24..31] == 192',
    '!ip4.src[0]',
    'ip4.dst[8..15] > 167',
  ],
  ...['1 <= ip4.dst[0..7] <= 6', 'ip4.dst[0..31] == 192.168.0.4', 'ip4.dst[0..7] == $as', '!ip4.dst[8..15]'],
  ...[
    'ip4.dst == 0.0.0.4/0.0.0.255',
    'ip4.src != 0.0.0.4/0.0.0.255',
    'ip4.dst == 4/6',
    'ip4.dst == 0xa000000/0xff000000',
  ],
  ...[
    'ip4.dst == {10.0.0.0/8, 0.0.0.4/0.0.0.7}',
    'ip4.dst > 192.168.0.0',
    'ip4.src < 10.9.0.78',
    'ip4.dst <= 0xc0a80004',
  ],
  ...[
    'eth.dst[40]',
    'eth.dst[40] == 0',
    '!eth.dst[40]',
    'eth.bcast',
    'eth.mcast == 0',
    '!eth.mcast',
    'eth.mcastv6',
  ],
  ...[
    'eth.src == 0a:00:00:00:00:04',
    'eth.dst == 0a:00:00:00:00:04',
    'eth.src != 0a:00:00:00:01:01',
    'eth.dst[0..7] == 1',
  ],
  ...[
    'eth.src == 0a:00:00:00:00:00/ff:ff:ff:ff:00:00',
    'eth.src[8..15] == {1, 2}',
    'eth.dst == 0a:00:00:00:02:01',
  ],
  ...[
    'ip4.mcast',
    '!ip4.mcast',
    'ip4.mcast == 0',
    'ip4.src_mcast',
    'ip6.mcast',
    '!ip6.mcast',
    '(!ip4.src_mcast) && ip',
  ],
  ...[
    'arp.op == 1',
    'arp.op == 2',
    'arp.spa == 192.168.0.4',
    'arp.tpa[0..7] == 1',
    'arp.tpa == 10.9.0.9',
    'arp.spa[0..7] == 2',
  ],
  ...['arp.sha == 0a:00:00:00:00:04', 'arp.tha == 00:00:00:00:00:00', 'arp.sha[0..7] == 1', '!arp.tha'],
  ...['tcp.dst[0..15] == 80', 'tcp.dst == 0x1f90/0xfff0', 'udp.dst[8..15] != 0', 'tcp[0]', 'ip4[0] == 1'],
  ...['ct.est[0]', '!ct.new[0]', 'ip.proto[0..7] == 6', 'icmp4.type[3]', 'icmp4.code == 0', '!tcp.src[15]'],
  ...['tcp.src[8..15] == 31', 'tcp.src[15]', 'udp.src[14..15] == {2, 3}', 'tcp.dst[8..15] <= 31'],
);

/** Of what OVN makes no flow. */
const unusable = fc.constantFrom(
  ...[
    '!tcp',
    '!ip4',
    'inport != "web"',
    'ip.proto != 6',
    'ip4.src == $gone',
    'outport == @gone',
    'outport == @none',
    'ip.ttl < 9',
    'ip4.dst[7..0] == 4',
    'ip4.dst[0..32] == 4',
    'ip.proto[0..3] == 6',
    'inport[0] == 1',
    'ip4.dst[0..7]',
    '!tcp[0]',
    'ip4.dst == 4/0xff',
  ],
);

const atom = fc.oneof(
  { weight: 20, arbitrary: fields },
  { weight: 15, arbitrary: parts },
  { weight: 1, arbitrary: unusable },
);

const match = fc.oneof(
  { weight: 3, arbitrary: atom },
  { weight: 3, arbitrary: joined(atom) },
  { weight: 1, arbitrary: joined(fc.oneof(atom, joined(atom))) },
);

function joined(parts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .record({
      parts: fc.array(parts, { minLength: 2, maxLength: 3 }),
      operator: fc.constantFrom('&&', '&&', '||'),
      isNegated: fc.integer({ min: 0, max: 9 }).map((each) => each === 0),
    })
    .map((each) => {
      const text = each.parts.map((part) => `(${part})`).join(` ${each.operator} `);
      return each.isNegated ? `!(${text})` : text;
    });
}

/** Asks for hardware addresses and ARP of who is outside, of whom nobody knows them. */
const ofStranger = /eth\.(?:src|dst)(?: |\[(?!40))|arp\.[st]/;

const acl: fc.Arbitrary<DrawnAcl> = fc
  .record({
    holder: fc.constantFrom('s1' as const, 's1' as const, 'pg' as const, 'ext' as const),
    direction: fc.constantFrom('from-lport' as const, 'to-lport' as const),
    priority: fc.integer({ min: 0, max: 12 }),
    match,
    action: fc.constantFrom('drop', 'drop', 'reject', 'allow', 'allow', 'allow-related', 'allow-stateless'),
    isLate: fc.integer({ min: 0, max: 5 }).map((each) => each === 0),
  })
  .filter(({ holder, match: text }) => holder !== 'ext' || !ofStranger.test(text))
  .map(({ isLate, ...each }) => ({
    ...each,
    isAfterLb: isLate && each.direction === 'from-lport',
  }));

/** Rules as people write them, two of them equal in nothing that a command finds them by. */
export const acls: fc.Arbitrary<readonly DrawnAcl[]> = fc.uniqueArray(acl, {
  minLength: 2,
  maxLength: 5,
  selector: ({ holder, direction, priority, match: text }) => `${holder} ${direction} ${priority} ${text}`,
});

/** Words for `ovn-nbctl` that leave these ACLs and no others. */
export function making(drawn: readonly DrawnAcl[]): readonly string[] {
  const words = drawn.flatMap(({ holder, direction, priority, match: text, action, isAfterLb }) => [
    '--',
    ...(holder === 'pg' ? ['--type=port-group'] : []),
    ...(isAfterLb ? ['--apply-after-lb'] : []),
    ...['acl-add', holder, direction, String(priority), text, action],
  ]);
  return [...['acl-del', 's1', '--', 'acl-del', 'ext', '--', '--type=port-group', 'acl-del', 'pg'], ...words];
}
