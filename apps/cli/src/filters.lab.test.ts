import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { explanationSchema } from './schema/explanation.ts';
import { probeSchema } from './schema/probe.ts';

const root = path.join(import.meta.dirname, '../../..');
let scratch = '';
let folder = '';

beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'bf-'));
  folder = path.join(scratch, 'story');
  cpSync(path.join(root, 'examples/01-field-story'), folder, { recursive: true });
  const nodes = 'vnode-103-176,vnode-103-177,vnode-117-46';
  expect(berth('lab', 'up', '--name', 'filters', '--nodes', nodes).status).toBe(0);
  expect(berth('apply', '-f', folder).status).toBe(0);
});
afterEach(() => {
  nbctl('acl-del', 'vpc1-subnet1', '--', 'acl-del', 'external0', '--', 'lr-policy-del', 'vpc1');
  expect(berth('apply', '-f', folder).status).toBe(0);
});
afterAll(() => {
  berth('lab', 'down');
  rmSync(scratch, { recursive: true, force: true });
});

function berth(...argv: readonly string[]) {
  const env = {
    PATH: process.env['PATH'],
    HOME: scratch,
    XDG_RUNTIME_DIR: scratch,
    XDG_STATE_HOME: scratch,
  };
  const { status, stdout, stderr } = spawnSync(path.join(root, 'bin/berth'), argv, { encoding: 'utf8', env });
  return { status, stdout, stderr };
}

function nbctl(...argv: readonly string[]): void {
  const { status, stderr } = berth('lab', 'exec', 'central', '--', 'ovn-nbctl', '--wait=hv', ...argv);
  expect({ status, stderr }).toMatchObject({ status: 0 });
}

const told = z.object({ findings: z.array(z.object({ code: z.string(), severity: z.string() })) });

/** The errors that a command tells. */
function errorsOf(...argv: readonly string[]): readonly string[] {
  const { findings } = told.parse(JSON.parse(berth(...argv, '-o', 'json').stdout));
  return [
    ...new Set(findings.flatMap(({ code, severity }) => (severity === 'error' ? [code] : []))),
  ].toSorted();
}

/** What packets do, in and out, and what is said of them. */
function judged() {
  const { flows } = probeSchema.parse(JSON.parse(berth('probe', 'fip/web', '-o', 'json').stdout));
  const { now, assumptions } = explanationSchema.parse(
    JSON.parse(berth('explain', 'fip/web', '-o', 'json').stdout),
  );
  const [address] = now.addresses;
  const ways = (['inbound', 'outbound'] as const).map((way) => {
    const got = flows.find(({ direction }) => direction === way);
    return { packets: (got?.received ?? 0) > 0 ? 'delivered' : 'lost', said: address?.[way]?.outcome };
  });
  return {
    packets: ways.map(({ packets }) => packets),
    said: ways.map(({ said }) => said),
    reason: address?.inbound?.reason ?? address?.outbound?.reason,
    // Beside what is assumed of every OVN.
    assumed: assumptions.filter((each) => each.includes('not worked out')).length,
  };
}

const lost = ['lost', 'lost'];
const works = ['delivered', 'delivered'];
const acl = (direction: string, priority: number, match: string, action: string): readonly string[] => [
  ...['acl-add', 'vpc1-subnet1', `${direction}-lport`, String(priority), match, action],
];
const toWeb = 'outport == "web.default" && ip4';

type Case = readonly [
  what: string,
  argv: readonly string[],
  packets: readonly string[],
  reason: string | null,
  assumed?: number,
];

test.each<Case>([
  ['its port disabled', ['lsp-set-enabled', 'web.default', 'disabled'], lost, 'port-disabled'],
  ['the gateway port disabled', ['lrp-set-enabled', 'vpc1-external0', 'disabled'], lost, 'port-disabled'],
  [
    'the way to its subnet disabled',
    ['lsp-set-enabled', 'vpc1-subnet1-vpc1', 'disabled'],
    lost,
    'port-disabled',
  ],
  [
    'port security for another address',
    ['lsp-set-port-security', 'web.default', '00:00:00:00:09:09 192.168.0.99'],
    lost,
    'port-security',
  ],
  ['an ACL that drops all of it', acl('to', 1000, toWeb, 'drop'), lost, 'acl-drops'],
  [
    'an ACL that drops what comes in, where replies are followed',
    [
      ...acl('to', 1000, toWeb, 'drop'),
      '--',
      ...acl('from', 2000, 'inport == "web.default"', 'allow-related'),
    ],
    ['lost', 'delivered'],
    'acl-drops',
  ],
  ['an ACL for another protocol', acl('to', 1000, `${toWeb} && sctp`, 'drop'), works, null, 1],
  ['an ACL for another address', acl('to', 1000, 'ip4.dst == 192.168.0.77', 'drop'), works, null],
  [
    'an ACL of the external switch',
    ['acl-add', 'external0', 'from-lport', '9', 'ip4.dst == 10.9.101.9', 'drop'],
    lost,
    'acl-drops',
  ],
  [
    'a policy that drops what it sends',
    ['lr-policy-add', 'vpc1', '100', 'ip4.src == 192.168.0.4', 'drop'],
    lost,
    'policy-diverts',
  ],
  [
    'a policy that leads it elsewhere',
    ['lr-policy-add', 'vpc1', '100', 'ip4.src == 192.168.0.0/24', 'reroute', '192.168.0.77'],
    lost,
    'policy-diverts',
  ],
  [
    'a policy whose next hop is nowhere',
    ['lr-policy-add', 'vpc1', '100', 'ip4.src == 192.168.0.4', 'reroute', '172.31.0.1'],
    works,
    null,
  ],
])('%s: what is said is what packets do', (_, argv, packets, reason, assumed = 0) => {
  nbctl(...argv);
  expect(judged()).toEqual({ packets, said: packets, reason, assumed });
});

test('every command tells of it, and what is ours is put right', () => {
  nbctl('lsp-set-enabled', 'web.default', 'disabled');
  const both = ['port-disabled', 'programmed-otherwise'];
  expect(errorsOf('status')).toEqual(both);
  expect(errorsOf('audit')).toEqual(both);
  expect(errorsOf('explain', 'fip/web')).toEqual(both);
  expect(errorsOf('probe', 'fip/web')).toEqual(both);
  expect(berth('get', 'fip').stdout).toMatch(/^web .* PortDisabled /m);
  expect(berth('apply', '-f', folder).stdout).toContain('enabled false -> <none>');
  expect(judged()).toMatchObject({ packets: works, said: works });
  nbctl('set', 'Logical_Router', 'vpc1', 'enabled=false');
  expect(errorsOf('status')).toEqual(['programmed-otherwise', 'router-disabled']);
  expect(judged()).toMatchObject({ packets: lost, said: lost, reason: 'router-disabled' });
  expect(berth('whatif', 'fip/web').stdout).toContain('nothing works now');
});
