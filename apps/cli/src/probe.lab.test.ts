import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { berthIn } from '../../../tests/support/own-lab.ts';
import { probeSchema } from './schema/probe.ts';

const root = path.join(import.meta.dirname, '../../..');
let scratch = '';
let folder = '';

beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'bp-'));
  folder = path.join(scratch, 'folder');
  expect(berth('lab', 'up', '--name', 'probed')).toMatchObject({ status: 0 });
});
afterAll(() => {
  berth('lab', 'down');
  rmSync(scratch, { recursive: true, force: true });
});

function berth(...argv: readonly string[]) {
  return berthIn(scratch, argv);
}

function show(example: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const from = path.join(root, 'examples', example);
  for (const file of readdirSync(from).filter((name) => name.endsWith('.yaml')))
    cpSync(path.join(from, file), path.join(folder, file));
}

function probe(target: string) {
  return probeSchema.parse(JSON.parse(berth('probe', target, '-o', 'json').stdout));
}

test('dnat: the workload answers behind the forwarded port, by TCP and by UDP', () => {
  show('03-dnat-pod');
  expect(berth('apply', '-f', folder)).toMatchObject({ status: 0 });
  const ways = [
    ['dnat/front-http', 'tcp', 80],
    ['dnat/front-admin', 'tcp', 2222],
    ['dnat/front-dns', 'udp', 53],
  ] as const;
  for (const [target, protocol, port] of ways) {
    const told = probe(target);
    expect(told).toMatchObject({ reachable: true, answers: [{ address: '10.9.101.30' }] });
    expect(told.flows).toMatchObject([
      { direction: 'inbound', protocol, from: 'outside', to: '10.9.101.30', port, received: 1 },
    ]);
  }
  expect(berth('probe', 'dnat/front-htp')).toMatchObject({
    status: 64,
    stderr: expect.stringContaining('did you mean front-http?'),
  });
});

test('dnat: a pod and an EIP are tried by every port that is forwarded to them', () => {
  const ports = (target: string) => probe(target).flows.map(({ protocol, port }) => [protocol, port]);
  const web = [
    ['tcp', 80],
    ['udp', 53],
  ];
  expect(new Set(ports('pod/default/web'))).toEqual(new Set(web));
  const all = new Set([...web, ['tcp', 2222]]);
  for (const target of ['10.9.101.30', 'vpc/vpc1', 'subnet/external0', 'nat/vpc1/dnat/10.9.101.30'])
    expect({ target, ports: new Set(ports(target)) }).toEqual({ target, ports: all });
});

test('dnat: without a way to the workload nobody answers', () => {
  expect(berth('lab', 'fail', 'pod:default/web')).toMatchObject({ status: 0 });
  expect(berth('probe', 'dnat/front-http').status).toBe(1);
  expect(berth('lab', 'heal')).toMatchObject({ status: 0 });
});

test('snat: the outside sees the address of the rule that counts for the pod', () => {
  show('02-snat-subnet');
  expect(berth('apply', '-f', folder, '--yes')).toMatchObject({ status: 0 });
  const seen = (target: string) => probe(target).flows.map(({ from, seenAs }) => [from, seenAs]);
  expect(seen('snat/outgoing')).toEqual([['default/app', '10.9.101.20']]);
  expect(seen('snat/outgoing-db')).toEqual([['default/db', '10.9.101.21']]);
  expect(berth('probe', 'snat/outgoing')).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(
      /outbound +default\/app +tcp 10\.9\.101\.1 \d+ +reachable +1\/1 +outside +10\.9\.101\.20/,
    ),
  });
});

test('snat: a pod without a floating IP is tried by its way out', () => {
  const seen = (target: string) => probe(target).flows.map(({ from, seenAs }) => [from, seenAs]);
  expect(seen('pod/default/app')).toEqual([['default/app', '10.9.101.20']]);
  expect(seen('pod/default/db')).toEqual([['default/db', '10.9.101.21']]);
  expect(seen('10.9.101.20')).toEqual([['default/app', '10.9.101.20']]);
});

test('a row of NB is tried by what it translates, also one that somebody else made', () => {
  const seen = (target: string) => probe(target).flows.map(({ from, seenAs }) => [from, seenAs]);
  expect(seen('nat/vpc1/snat/10.9.101.20')).toEqual([['default/app', '10.9.101.20']]);
  expect(seen('vpc/vpc1')).toEqual(
    expect.arrayContaining([
      ['default/app', '10.9.101.20'],
      ['default/db', '10.9.101.21'],
    ]),
  );
  alter('ovn-nbctl lr-nat-add vpc1 dnat_and_snat 10.9.101.77 192.168.0.4');
  expect(probe('nat/vpc1/dnat_and_snat/10.9.101.77')).toMatchObject({
    reachable: true,
    flows: [
      { direction: 'inbound', to: '10.9.101.77', received: 5, reached: ['default/app'] },
      { direction: 'outbound', from: 'default/app', seenAs: '10.9.101.77' },
    ],
  });
  alter('ovn-nbctl lr-nat-del vpc1 dnat_and_snat 10.9.101.77');
  expect(berth('probe', 'nat/vpc1/dnat_and_snat/10.9.101.77').status).toBe(64);
  expect(berth('probe', 'node/node-1')).toMatchObject({
    status: 64,
    stderr: expect.stringContaining('a node has no address of its own'),
  });
});

test('a load-balancer made by hand is tried by its ports, and it is told which backends answer', () => {
  alter(
    [
      'ovn-nbctl lb-add byhand 10.9.101.60:80 192.168.0.4:8080,192.168.0.5:8080 tcp',
      'ovn-nbctl lb-add byhand-dns 10.9.101.60:53 192.168.0.5:5353 udp',
      'ovn-nbctl lr-lb-add vpc1 byhand',
      'ovn-nbctl lr-lb-add vpc1 byhand-dns',
    ].join('; '),
  );
  const web = { protocol: 'tcp', port: 80, reached: ['default/app', 'default/db'] };
  const dns = { protocol: 'udp', port: 53, received: 1, reached: ['default/db'] };
  for (const target of ['10.9.101.60', 'nat/vpc1/dnat/10.9.101.60', 'pod/default/db', 'vpc/vpc1']) {
    const { flows, reachable } = probe(target);
    expect({ target, reachable, flows }).toMatchObject({
      ...{ target, reachable: true },
      flows: expect.arrayContaining([expect.objectContaining(web), expect.objectContaining(dns)]),
    });
  }
  expect(berth('lab', 'fail', 'pod:default/db')).toMatchObject({ status: 0 });
  const { reachable, flows } = probe('10.9.101.60');
  expect(flows.find(({ port }) => port === 80)).toMatchObject({
    reached: ['default/app'],
    silent: ['default/db'],
  });
  expect(reachable).toBe(false);
  expect(berth('lab', 'heal')).toMatchObject({ status: 0 });
  alter(
    'ovn-nbctl lb-add byhand-part 10.9.101.61:80 192.168.0.4:8080,192.168.0.99:80; ovn-nbctl lr-lb-add vpc1 byhand-part',
  );
  expect(probe('10.9.101.61')).toMatchObject({
    flows: [{ port: 80, reached: ['default/app'] }],
    untried: 'tcp port 80 of 10.9.101.61 leads to 192.168.0.99, which no pod of the lab has',
  });
  alter('ovn-nbctl lb-del byhand; ovn-nbctl lb-del byhand-dns; ovn-nbctl lb-del byhand-part');
});

test('a pod is tried by the rows of somebody else that lead to it', () => {
  alter('ovn-nbctl lr-nat-add vpc1 dnat_and_snat 10.9.101.77 192.168.0.4');
  const own = { reachable: true, flows: [{ to: '10.9.101.77', received: 5, reached: ['default/app'] }, {}] };
  for (const target of ['pod/default/app', '10.9.101.77']) expect(probe(target)).toMatchObject(own);
  alter('ovn-nbctl lr-nat-del vpc1 dnat_and_snat 10.9.101.77');
});

test('snat: a rule that is there but not programmed cannot be told of', () => {
  const file = path.join(folder, '05-source-nat.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('ovnEip: outgoing-db', 'ovnEip: nothing'));
  expect(berth('apply', '-f', folder, '--yes').status).toBe(1);
  expect(berth('probe', 'snat/outgoing-db')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('is not programmed'),
  });
});

test('fip: the outside sees the pod with the address of its floating IP', () => {
  show('04-shared-eip');
  const applied = berth('apply', '-f', folder, '--yes');
  expect(applied.status, applied.stderr).toBe(0);
  expect(probe('fip/web')).toMatchObject({
    reachable: true,
    flows: [
      // The router answers pings to its own address itself; what it translates comes to the workload.
      { direction: 'inbound', protocol: 'tcp', received: 1, reached: ['default/web'], otherAnswers: 5 },
      { direction: 'outbound', protocol: 'icmp', received: 5, reached: ['outside'], seenAs: '10.9.101.40' },
    ],
  });
});

/** Runs a line where ovn-nbctl is, and waits until what it changes is in every switch. */
function alter(line: string): void {
  const argv = ['bash', '-ec', `${line}; ovn-nbctl -t 60 --wait=hv sync`];
  expect(berth('lab', 'exec', 'central', '--', ...argv)).toMatchObject({ status: 0 });
}

test('fip: what another workload answers is no answer of the one it is for', () => {
  writeFileSync(path.join(folder, '07-own.yaml'), ownAddress);
  expect(berth('apply', '-f', folder, '--yes')).toMatchObject({ status: 0 });
  const row = 'row=$(ovn-nbctl --bare --columns=_uuid find NAT external_ip=10.9.101.50)';
  const leadTo = (logical: string) => alter(`${row}; ovn-nbctl set NAT $row logical_ip=${logical}`);
  const app = { direction: 'inbound', protocol: 'icmp', reached: ['default/app'], sent: 5 };
  expect(probe('fip/own').flows).toMatchObject([{ ...app, received: 5, otherAnswers: 0 }, {}]);
  leadTo('192.168.0.6');
  expect(probe('fip/own')).toMatchObject({
    reachable: false,
    flows: [{ ...app, received: 0, otherAnswers: 5, reached: ['default/db'] }, {}],
  });
  leadTo('192.168.0.4');
  expect(probe('fip/own').flows).toMatchObject([{ ...app, received: 5, otherAnswers: 0 }, {}]);
});

test('fip: what the router itself answers is no answer of the workload', () => {
  // Without another rule of the same address OVN drops what is not a ping before it translates.

  const file = path.join(folder, '06-rules.yaml');
  const text = readFileSync(file, 'utf8');
  const kept = text.split(/^---$/m).filter((each) => each.includes('kind: OvnFip'));
  writeFileSync(file, kept.join('---'));
  berth('apply', '-f', folder, '--yes');
  expect(probe('fip/web')).toMatchObject({
    reachable: false,
    flows: [{ direction: 'inbound', received: 0, otherAnswers: 5, reached: [] }, {}],
  });
});

test('what somebody else leads is tried by its rows, and it is told who leads', () => {
  const state = path.join(scratch, 'other');
  const port = path.join(root, 'examples/03-dnat-pod');
  expect(berth('apply', '-f', port, '--state', state, '--move-state', '--yes').status).toBe(0);
  const elsewhere = [{ code: 'led-elsewhere', cure: expect.stringContaining(`ask with --state ${state}`) }];
  for (const target of ['dnat/front-http', 'pod/default/web', '10.9.101.30', 'vpc/vpc1']) {
    const told = probe(target);
    expect(told).toMatchObject({ reachable: true, findings: elsewhere });
    expect(told.flows).toContainEqual(expect.objectContaining({ port: 80, reached: ['default/web'] }));
  }
  // What the objects that are not in force ask for is in no row.
  expect(probe('10.9.101.50')).toMatchObject({ reachable: false, findings: elsewhere });
  expect(berth('probe', 'fip/web')).toMatchObject({
    status: 64,
    stderr: expect.stringContaining('leads this OVN since'),
  });
  const source = path.join(root, 'examples/02-snat-subnet');
  expect(berth('apply', '-f', source, '--state', state, '--move-state', '--yes').status).toBe(0);
  expect(probe('vpc/vpc1')).toMatchObject({ reachable: true, findings: elsewhere });
  expect(probe('10.9.101.21').flows).toMatchObject([{ from: 'default/db', seenAs: '10.9.101.21' }]);
});

test('a load-balancer of IPv6 is tried likewise', () => {
  show('05-dual-stack-fip');
  expect(berth('apply', '-f', folder, '--move-state', '--yes')).toMatchObject({ status: 0 });
  alter(
    [
      "ovn-nbctl lb-add byhand '[fd00:101::60]:80' '[fd00:10::5]:8080' tcp",
      "ovn-nbctl lb-add byhand-dns '[fd00:101::60]:53' '[fd00:10::5]:5353' udp",
      'ovn-nbctl lr-lb-add vpc1 byhand',
      'ovn-nbctl lr-lb-add vpc1 byhand-dns',
    ].join('; '),
  );
  const way = { direction: 'inbound', to: 'fd00:101::60', received: 1, reached: ['default/mail'] };
  const { reachable, flows } = probe('fd00:101::60');
  expect(flows).toMatchObject([
    { ...way, protocol: 'udp', port: 53 },
    { ...way, protocol: 'tcp', port: 80 },
  ]);
  expect(reachable).toBe(true);
});

const ownAddress = [
  'apiVersion: kubeovn.io/v1\nkind: OvnEip\nmetadata: { name: own }',
  'spec: { externalSubnet: external0, v4Ip: 10.9.101.50 }\n---',
  'apiVersion: kubeovn.io/v1\nkind: OvnFip\nmetadata: { name: own }',
  'spec: { ovnEip: own, ipName: app.default, type: centralized }\n',
].join('\n');
