import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { analyse, auditOf, fabricOf, flowsOf } from '../packages/core/src/index.ts';
import type { NbTables, SbTables } from '../packages/ovn/src/index.ts';
import { type Database, openDatabase } from '../packages/ovsdb/src/index.ts';
import { type ExampleLab, exampleLab } from './support/example-lab.ts';

const outside = '10.9.101.1';
let lab: ExampleLab;
let remote = '';
let north: Database<NbTables>;
let south: Database<SbTables>;

beforeAll(async () => {
  lab = await exampleLab(['vnode-103-176', 'vnode-103-177', 'vnode-117-46']);
  lab.show('01-field-story');
  expect(lab.berth('apply', '-f', lab.folder).status).toBe(0);
  const { nb, sb }: { nb: string; sb: string } = JSON.parse(lab.berth('lab', 'status', '-o', 'json').stdout);
  remote = nb;
  north = await openDatabase<NbTables>({ remotes: [nb], database: 'OVN_Northbound' });
  south = await openDatabase<SbTables>({ remotes: [sb], database: 'OVN_Southbound' });
});
afterAll(async () => {
  await north?.close();
  await south?.close();
  await lab?.down();
});

/** Changes NB by hand, and waits until every chassis has carried it out. */
function nbctl(...argv: readonly string[]): void {
  const { status, stderr } = spawnSync('ovn-nbctl', [`--db=${remote}`, '--wait=hv', ...argv], {
    encoding: 'utf8',
  });
  expect({ argv, status, stderr }).toMatchObject({ status: 0 });
}

/** Whether echoes come back, from outside and from the workload, where nobody knows anybody yet. */
async function packets(): Promise<readonly string[]> {
  await Promise.all(['outside', 'default/web'].map((place) => lab.at(place, 'ip', 'neigh', 'flush', 'all')));
  const echo = async (from: string, to: string): Promise<string> => {
    const text = await lab.at(from, 'ping', '-c', '3', '-i', '0.2', '-W', '1', to);
    return / [1-9]\d* received/.test(text) ? 'delivered' : 'lost';
  };
  return Promise.all([echo('outside', '10.9.101.9'), echo('default/web', outside)]);
}

/** Whether somebody answers for the address, as the outside has learned from what it sent last. */
async function isAnswered(): Promise<boolean> {
  return (await lab.at('outside', 'ip', 'neigh', 'show', 'to', '10.9.101.9')).includes('lladdr');
}

/** What is said of the same, by NB and SB as they are; who answers is said of what comes in. */
async function said() {
  const nb = (await north.monitor({ tables: 'all' })).snapshot();
  const sb = (await south.monitor({ tables: 'all' })).snapshot();
  const fabric = fabricOf(nb, sb);
  const { verdicts } = analyse({ fabric, flows: flowsOf(nb, fabric), failures: [] });
  const ways = verdicts.filter(({ flow }) => flow.target === 'fip/web' && flow.direction !== 'hairpin');
  return {
    ways: ways.map(({ after }) => after.outcome),
    reason: ways.find(({ after }) => after.reason !== undefined)?.after.reason,
    drops: new Set(ways.flatMap(({ flow }) => flow.partly?.drops.map(({ by }) => by) ?? [])).size,
    tried: ways[0]?.flow.partly?.tried.map(({ passes }) => passes),
    isAnswered: ways.some(({ flow, after }) => flow.direction === 'inbound' && after.berth !== undefined),
  };
}

const lost = ['lost', 'lost'];
const works = ['delivered', 'delivered'];
const acl = (direction: string, priority: number, match: string, action: string): readonly string[] => [
  ...['acl-add', 'vpc1-subnet1', `${direction}-lport`, String(priority), match, action],
];
const noAcls = ['acl-del', 'vpc1-subnet1'];
const policy = (...rest: readonly string[]) => ['lr-policy-add', 'vpc1', '100', ...rest];
const noPolicies = ['lr-policy-del', 'vpc1'];
const toWeb = 'outport == "web.default" && ip4';
const fromWeb = 'inport == "web.default" && ip4';
/** Rules by which a switch follows connections of its workloads, and one that drops. */
const following = (match: string) => [
  ...[...acl('from', 900, 'ip', 'allow-related'), '--', ...acl('to', 900, 'ip', 'allow-related')],
  ...['--', ...acl('to', 1000, match, 'drop')],
];
const enabling = (command: string, port: string) => [
  [command, port, 'disabled'],
  [command, port, 'enabled'],
];

type Case = readonly [
  what: string,
  change: readonly string[],
  undo: readonly string[],
  packets: readonly string[],
  reason?: string | undefined,
  drops?: number,
];

const cases: readonly Case[] = [
  ...[
    ['lsp-set-enabled', 'web.default'],
    ['lsp-set-enabled', 'vpc1-subnet1-vpc1'],
    ['lsp-set-enabled', 'external0-vpc1'],
    ['lsp-set-enabled', 'localnet.external0'],
    ['lrp-set-enabled', 'vpc1-external0'],
    ['lrp-set-enabled', 'vpc1-vpc1-subnet1'],
  ].map(([command = '', port = '']): Case => {
    const [change = [], undo = []] = enabling(command, port);
    return [`${port} disabled`, change, undo, lost, 'port-disabled'];
  }),
  [
    'the router disabled',
    ['set', 'Logical_Router', 'vpc1', 'enabled=false'],
    ['clear', 'Logical_Router', 'vpc1', 'enabled'],
    lost,
    'router-disabled',
  ],
  [
    'port security for another address',
    ['lsp-set-port-security', 'web.default', '00:00:00:00:09:09 192.168.0.99'],
    ['lsp-set-port-security', 'web.default'],
    lost,
    'port-security',
  ],
  [
    'port security that has no effect',
    ['lsp-set-port-security', 'web.default', '192.168.0.99'],
    ['lsp-set-port-security', 'web.default'],
    works,
  ],
  ['an ACL that drops what comes', acl('to', 1000, toWeb, 'drop'), noAcls, lost, 'acl-drops'],
  ['an ACL that rejects what leaves', acl('from', 1000, fromWeb, 'reject'), noAcls, lost, 'acl-drops'],
  [
    'a drop of what comes, where replies are followed',
    [...acl('to', 1000, toWeb, 'drop'), '--', ...acl('from', 2000, fromWeb, 'allow-related')],
    noAcls,
    ['lost', 'delivered'],
    'acl-drops',
  ],
  [
    'a drop of what leaves, where replies are followed',
    [...acl('from', 1000, fromWeb, 'drop'), '--', ...acl('to', 2000, toWeb, 'allow-related')],
    noAcls,
    ['delivered', 'lost'],
    'acl-drops',
  ],
  // What begins a connection of the workload is committed, and so untracked where it leaves by the router port.
  ...['ct.new && ip4', '!ct.est && ip4'].map(
    (match): Case => [
      `a drop of what begins a connection, ${match}`,
      following(match),
      noAcls,
      ['lost', 'delivered'],
      'acl-drops',
    ],
  ),
  [
    'a drop of what is untracked where it leaves',
    following('outport == "vpc1-subnet1-vpc1" && ip4 && !ct.trk'),
    noAcls,
    ['delivered', 'lost'],
    'acl-drops',
  ],
  ['an ACL of another protocol', acl('to', 1000, `${toWeb} && sctp`, 'drop'), noAcls, works, undefined, 1],
  [
    'a drop by the port that packets of a port are to leave by',
    acl('from', 1000, 'outport == "web.default" && ip4', 'drop'),
    noAcls,
    works,
  ],
  [
    'a drop of what came in by the router, where it leaves',
    acl('to', 1000, 'inport == "vpc1-subnet1-vpc1" && ip4', 'drop'),
    noAcls,
    lost,
    'acl-drops',
  ],
  ['a match that OVN makes no flow of', acl('to', 1000, `${toWeb} && !tcp`, 'drop'), noAcls, works],
  ['a rejection of ARP', acl('from', 1000, 'arp', 'reject'), noAcls, lost, 'acl-drops'],
  ['an ACL of another address', acl('to', 1000, 'ip4.dst == 192.168.0.77', 'drop'), noAcls, works],
  [
    'a drop behind an ACL that allows',
    [...acl('to', 1000, '1', 'drop'), '--', ...acl('to', 2000, 'ip || arp', 'allow')],
    noAcls,
    works,
  ],
  [
    'an ACL of the external switch',
    ['acl-add', 'external0', 'from-lport', '9', 'ip4.dst == 10.9.101.9', 'drop'],
    ['acl-del', 'external0'],
    lost,
    'acl-drops',
  ],
  ['a policy that drops', policy('ip4.src == 192.168.0.4', 'drop'), noPolicies, lost, 'policy-diverts'],
  [
    'a policy that drops what comes in',
    policy('ip4.dst == 192.168.0.4', 'drop'),
    noPolicies,
    lost,
    'policy-diverts',
  ],
  [
    'a policy that leads elsewhere',
    policy('ip4.src == 192.168.0.0/24', 'reroute', '192.168.0.77'),
    noPolicies,
    lost,
    'policy-diverts',
  ],
  [
    'a policy whose next hop is nowhere',
    policy('ip4.src == 192.168.0.4', 'reroute', '172.31.0.1'),
    noPolicies,
    works,
  ],
];

const named = cases.map(([what, change, undo, expected, reason, drops = 0]) => {
  return { what, change, undo, expected, reason, drops };
});

test.each(named)('$what: what is said is what packets do', async (each) => {
  const { change, undo, expected, reason, drops } = each;
  nbctl(...change);
  try {
    const { isAnswered: isToldAnswered, tried: _tried, ...told } = await said();
    expect(told).toEqual({ ways: expected, reason, drops });
    expect(await packets()).toEqual(expected);
    expect([isToldAnswered, await isAnswered()]).toEqual([isToldAnswered, isToldAnswered]);
  } finally {
    nbctl(...undo);
  }
});

/** Whether a connection from outside to port 80 of the workload comes about. */
async function connects(): Promise<boolean> {
  const peer = await lab.peerOf({
    ...{
      from: 'outside',
      server: 'default/web',
      to: '10.9.101.9',
      port: 80,
      serverPort: 80,
      timeoutMs: 3_000,
    },
  });
  return peer === outside;
}

test.each<[what: string, acl: readonly string[], echoes: boolean, connections: boolean]>([
  ['a port', acl('to', 1000, 'outport == "web.default" && tcp.dst == 22', 'drop'), true, true],
  ['ICMP', acl('to', 1000, 'outport == "web.default" && icmp4', 'drop'), false, true],
  ['what begins an echo', following('ct.new && icmp4'), false, true],
  ['TCP', acl('to', 1000, 'outport == "web.default" && tcp', 'reject'), true, false],
  ['replies of a port', acl('from', 1000, 'inport == "web.default" && tcp.src == 80', 'drop'), true, false],
  [
    'replies, as conntrack has not seen what they answer',
    [...acl('to', 1000, toWeb, 'allow-stateless'), '--', ...acl('from', 900, fromWeb, 'allow-related')],
    false,
    false,
  ],
  [
    'all but ICMP',
    [...acl('to', 1000, toWeb, 'drop'), '--', ...acl('to', 2000, 'icmp4', 'allow')],
    true,
    false,
  ],
])(
  'an ACL that drops %s: what is said of an echo and of a connection is what they do',
  async (...[, rule, echoes, connections]) => {
    nbctl(...rule);
    try {
      expect(await said()).toMatchObject({ ways: works, drops: 1, tried: [echoes, connections] });
      const [comes] = await packets();
      expect([comes === 'delivered', await connects()]).toEqual([echoes, connections]);
      const probe = lab.berth('probe', 'fip/web');
      expect(probe.status).toBe(echoes ? 0 : 1);
      const dropped = /ICMP echo,? is dropped: ACL to-lport 1000/;
      if (!echoes) expect(probe.stderr.replaceAll(/\s+/g, ' ')).toMatch(dropped);
    } finally {
      nbctl(...noAcls);
    }
  },
);

test('probe knows whom its packets are from', () => {
  nbctl(...acl('to', 1000, `outport == "web.default" && ip4.src == ${outside}`, 'drop'));
  try {
    const { status, stderr } = lab.berth('probe', 'fip/web');
    expect(status).toBe(1);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      `to 10.9.101.9 from ${outside}, ICMP echo, is dropped: ACL`,
    );
    expect(lab.berth('explain', 'fip/web')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('acl-drops-part'),
    });
  } finally {
    nbctl(...noAcls);
  }
});

/** The commands that the finding about ACLs gives, one to delete the row and one to let the address pass, where it gives both. */
async function cures(): Promise<readonly string[]> {
  const nb = (await north.monitor({ tables: 'all' })).snapshot();
  const sb = (await south.monitor({ tables: 'all' })).snapshot();
  const fabric = fabricOf(nb, sb);
  const found = auditOf({ nb, sb, fabric, flows: flowsOf(nb, fabric) });
  const cure = found.find(({ code }) => code.startsWith('acl-drops'))?.cure ?? '';
  return [...cure.matchAll(/ovn-nbctl .*?(?=, or let|; it names|$)/g)].map(([command]) => command);
}

/** Types a command where ovn-nbctl finds its database. */
function type(command: string | undefined): void {
  const env = { ...process.env, OVN_NB_DB: remote };
  const line = `${command}; ovn-nbctl --wait=hv sync`;
  expect(spawnSync('bash', ['-ec', line], { encoding: 'utf8', env })).toMatchObject({
    status: 0,
    stderr: '',
  });
}

const allAcls = ['--', 'acl-del', 'external0', '--', '--if-exists', 'destroy', 'Port_Group', 'pg'];
const always = (group: string, ...rest: readonly string[]) => [
  '--type=port-group',
  'acl-add',
  group,
  ...rest,
];

test.each<[what: string, change: readonly string[], cures: number]>([
  ['all that comes', acl('to', 1000, '1', 'drop'), 2],
  ['all that leaves', acl('from', 1000, '1', 'drop'), 2],
  ['ARP', acl('from', 1000, 'arp', 'drop'), 2],
  ['all at the highest priority', acl('to', 32_767, '1', 'drop'), 1],
  ['echoes', acl('to', 1000, 'icmp4', 'drop'), 2],
  ['all on the external switch', ['acl-add', 'external0', 'from-lport', '9', '1', 'drop'], 2],
  [
    'all, where replies are followed',
    [...acl('to', 1000, '1', 'drop'), '--', ...acl('from', 2000, fromWeb, 'allow-related')],
    2,
  ],
  [
    'all of a port group',
    ['pg-add', 'pg', 'web.default', '--', ...always('pg', 'to-lport', '7', 'outport == @pg', 'drop')],
    2,
  ],
])('each cure of an ACL that drops %s puts it right, as it is printed', async (_, change, count) => {
  for (let at = 0; at < count; at++) {
    nbctl(...change);
    try {
      expect(await packets()).not.toEqual(works);
      const commands = await cures();
      expect(commands).toHaveLength(count);
      type(commands[at]);
      expect([commands[at], await packets()]).toEqual([commands[at], works]);
    } finally {
      nbctl(...noAcls, ...allAcls);
    }
  }
});

test('default_acl_drop is taken away as its cure says', async () => {
  nbctl('set', 'NB_Global', '.', 'options:default_acl_drop=true', '--', ...acl('to', 5, 'ip4', 'allow'));
  try {
    expect(await packets()).toEqual(lost);
    const [command, ...others] = await cures();
    expect(others).toEqual([]);
    type(command);
    expect([command, await packets()]).toEqual([command, works]);
  } finally {
    nbctl('remove', 'NB_Global', '.', 'options', 'default_acl_drop', '--', ...noAcls);
  }
});

test.each<[what: string, change: readonly string[], undo: readonly string[], code: string]>([
  [
    'the router',
    ['set', 'Logical_Router', 'vpc1', 'enabled=false'],
    ['clear', 'Logical_Router', 'vpc1', 'enabled'],
    'router-disabled',
  ],
  [
    'its gateway port',
    ['lrp-set-enabled', 'vpc1-external0', 'disabled'],
    ['lrp-set-enabled', 'vpc1-external0', 'enabled'],
    'port-disabled',
  ],
])('of %s that is disabled nothing is told that follows from it', async (_, change, undo, code) => {
  // Where a router came back each gateway may claim its port for a moment, more than once.
  const nothing = () => expect.poll(assumedOfPort, { timeout: 30_000, interval: 200 }).toEqual([]);
  await nothing();
  nbctl(...change);
  try {
    expect(errorsOf('explain', 'fip/web')).toEqual([code, 'programmed-otherwise'].sort());
    await nothing();
  } finally {
    nbctl(...undo);
  }
});

/** What `explain` assumes of northd and of a router port. */
function assumedOfPort(): readonly string[] {
  const { assumptions }: { assumptions: readonly string[] } = JSON.parse(
    lab.berth('explain', 'fip/web', '-o', 'json').stdout,
  );
  return assumptions.filter((each) => each.includes('northd') || each.includes('router port'));
}

/** The errors that a command tells. */
function errorsOf(...argv: readonly string[]): readonly string[] {
  const { findings }: { findings: readonly { readonly code: string; readonly severity: string }[] } =
    JSON.parse(lab.berth(...argv, '-o', 'json').stdout);
  return [...new Set(findings.flatMap(({ code, severity }) => (severity === 'error' ? [code] : [])))].sort();
}

test('every command tells of it, and what is ours is put right', async () => {
  // A gateway whose port was disabled takes it again a moment after that was carried out.
  await expect.poll(() => errorsOf('status'), { timeout: 30_000, interval: 200 }).toEqual([]);
  nbctl('lsp-set-enabled', 'web.default', 'disabled');
  const both = ['port-disabled', 'programmed-otherwise'];
  for (const argv of [['status'], ['audit'], ['explain', 'fip/web'], ['probe', 'fip/web']])
    expect([argv, errorsOf(...argv)]).toEqual([argv, both]);
  expect(lab.berth('get', 'fip').stdout).toMatch(/^web .* PortDisabled /m);
  expect(lab.berth('whatif', 'fip/web').stdout).toContain('nothing works now');
  expect(lab.berth('apply', '-f', lab.folder)).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('ip/web.default configured'),
  });
  expect(await packets()).toEqual(works);
  expect(errorsOf('status')).toEqual([]);
});
