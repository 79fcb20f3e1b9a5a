import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { analyse, fabricOf, flowsOf } from '../packages/core/src/index.ts';
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

/** Whether echoes come back, from outside and from the workload. */
async function packets(): Promise<readonly string[]> {
  const echo = async (from: string, to: string): Promise<string> => {
    const text = await lab.at(from, 'ping', '-c', '3', '-i', '0.2', '-W', '1', to);
    return / [1-9]\d* received/.test(text) ? 'delivered' : 'lost';
  };
  return Promise.all([echo('outside', '10.9.101.9'), echo('default/web', outside)]);
}

/** What is said of the same, by NB and SB as they are. */
async function said() {
  const nb = (await north.monitor({ tables: 'all' })).snapshot();
  const sb = (await south.monitor({ tables: 'all' })).snapshot();
  const fabric = fabricOf(nb, sb);
  const { verdicts } = analyse({ fabric, flows: flowsOf(nb, fabric), failures: [] });
  const ways = verdicts.filter(({ flow }) => flow.target === 'fip/web' && flow.direction !== 'hairpin');
  return {
    ways: ways.map(({ after }) => after.outcome),
    reason: ways.find(({ after }) => after.reason !== undefined)?.after.reason,
    assumed: new Set(ways.flatMap(({ flow }) => flow.assumptions)).size,
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
  assumed?: number,
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
  ['an ACL of another protocol', acl('to', 1000, `${toWeb} && sctp`, 'drop'), noAcls, works, undefined, 1],
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

const named = cases.map(([what, change, undo, expected, reason, assumed = 0]) => {
  return { what, change, undo, expected, reason, assumed };
});

test.each(named)('$what: what is said is what packets do', async (each) => {
  const { change, undo, expected, reason, assumed } = each;
  nbctl(...change);
  try {
    expect(await said()).toEqual({ ways: expected, reason, assumed });
    expect(await packets()).toEqual(expected);
  } finally {
    nbctl(...undo);
  }
});

/** The errors that a command tells. */
function errorsOf(...argv: readonly string[]): readonly string[] {
  const { findings }: { findings: readonly { readonly code: string; readonly severity: string }[] } =
    JSON.parse(lab.berth(...argv, '-o', 'json').stdout);
  return [...new Set(findings.flatMap(({ code, severity }) => (severity === 'error' ? [code] : [])))].sort();
}

test('every command tells of it, and what is ours is put right', async () => {
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
