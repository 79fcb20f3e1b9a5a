import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  analyse,
  auditOf,
  type ExternalFlow,
  type Fabric,
  type Finding,
  fabricOf,
  flowsOf,
} from '../packages/core/src/index.ts';
import type { NbTables, SbTables } from '../packages/ovn/src/index.ts';
import { openDatabase } from '../packages/ovsdb/src/index.ts';
import { type ExampleLab, exampleLab } from './support/example-lab.ts';

const gateway = '10.9.101.1';
let lab: ExampleLab;

beforeAll(async () => {
  lab = await exampleLab(['node-1', 'node-2', 'node-3']);
});
afterAll(() => lab?.down());

/** Applies an example to an empty OVN and reads what NB and SB say of it. */
async function shown(example: string): Promise<Seen> {
  lab.show();
  expect(lab.berth('apply', '-f', lab.folder, '--yes').status).toBe(0);
  lab.show(example);
  expect(lab.berth('apply', '-f', lab.folder).status).toBe(0);
  return await seen();
}

/** Where NB and SB listen. */
function remotes(): { readonly nb: string; readonly sb: string } {
  return JSON.parse(lab.berth('lab', 'status', '-o', 'json').stdout);
}

/** Changes NB by hand, and waits until every chassis has carried it out. */
function nbctl(...argv: readonly string[]): void {
  const { status, stderr, signal } = spawnSync('ovn-nbctl', [`--db=${remotes().nb}`, '--wait=hv', ...argv], {
    encoding: 'utf8',
  });
  expect({ argv, status, stderr, signal }).toMatchObject({ status: 0 });
}

/** The words that make a row. Not `lr-nat-add`: of 23.03.1 it ends by SIGSEGV where a row of the address has a gateway_port. */
function newNat(type: string, externalIp: string, logicalIp: string): readonly string[] {
  const columns = [`type=${type}`, `external_ip=${externalIp}`, `logical_ip=${logicalIp}`];
  return ['--id=@nat', 'create', 'NAT', ...columns, '--', 'add', 'Logical_Router', 'vpc1', 'nat', '@nat'];
}

/** What NB and SB say now. */
async function seen(): Promise<Seen> {
  const { nb, sb } = remotes();
  await using north = await openDatabase<NbTables>({ remotes: [nb], database: 'OVN_Northbound' });
  await using south = await openDatabase<SbTables>({ remotes: [sb], database: 'OVN_Southbound' });
  const read = {
    nb: (await north.monitor({ tables: 'all' })).snapshot(),
    sb: (await south.monitor({ tables: 'all' })).snapshot(),
  };
  const fabric = fabricOf(read.nb, read.sb);
  const flows = flowsOf(read.nb, fabric);
  return { fabric, flows, findings: auditOf({ ...read, fabric, flows }) };
}

type Seen = {
  readonly fabric: Fabric;
  readonly flows: readonly ExternalFlow[];
  readonly findings: readonly Finding[];
};

/** The pod of a port as `lab exec` calls it. */
function podOf({ logicalPort = '' }: ExternalFlow): string {
  return logicalPort.split('.').toReversed().join('/');
}

test('packets come in and go out as the flows say', async () => {
  const { flows, findings } = await shown('04-shared-eip');
  expect(flows.map(({ target, direction, logicalPort }) => `${target} ${direction} ${logicalPort}`)).toEqual([
    'dnat/db inbound db.default',
    'fip/web inbound web.default',
    'fip/web outbound web.default',
    'fip/web hairpin web.default',
    'snat/outgoing outbound app.default',
    'snat/outgoing outbound db.default',
  ]);
  for (const flow of flows) {
    expect(flow.obstacle).toBeUndefined();
    if (flow.direction === 'inbound') {
      const port = flow.externalPort?.port ?? 8080;
      const to = { from: 'outside', to: flow.externalIp ?? '', port, server: podOf(flow) };
      expect(await lab.peerOf(to)).toBe(gateway);
    } else if (flow.direction === 'outbound') {
      const from = { from: podOf(flow), to: gateway, port: 7000, server: 'outside' };
      expect(await lab.peerOf(from)).toBe(flow.externalIp);
    }
  }
  expect(findings).toEqual([]);
});

test('a floating IP is answered where its placement says', async () => {
  const { fabric, flows } = await shown('05-dual-stack-fip');
  for (const target of ['fip/web', 'fip/mail']) {
    const inbound = flows.filter((flow) => flow.target === target && flow.direction === 'inbound');
    const expected = inbound.map(({ placement, logicalPort, gatewayPort }) => {
      const port = placement === 'distributed' ? logicalPort : `cr-${gatewayPort}`;
      return fabric.chassis.get(fabric.claims.get(port ?? '') ?? '')?.hostname;
    });
    const probe: { answers: readonly { readonly node: string | null }[] } = JSON.parse(
      lab.berth('probe', target, '-o', 'json').stdout,
    );
    expect(inbound).toHaveLength(2);
    expect(probe.answers.map(({ node }) => node)).toEqual(expected);
  }
  expect(flows.map(({ placement }) => placement)).toContain('distributed');
});

/** What becomes of flows to an external address, or as one, in the order of their targets: outcome or reason. */
async function said(externalIp: string): Promise<readonly string[]> {
  const { fabric, flows } = await seen();
  const asked = flows.filter((flow) => flow.externalIp === externalIp && flow.direction !== 'hairpin');
  const { verdicts } = analyse({ fabric, flows: asked, failures: [] });
  return verdicts.map(
    ({ flow, after }) => `${flow.target} ${flow.direction} ${after.reason ?? after.outcome}`,
  );
}

let port = 7100;

/** Whom a pod sees connect to it from outside by an address; why not where nobody comes through. */
async function comesTo(pod: string, to: string): Promise<string> {
  return await lab.peerOf({ from: 'outside', to, port: port++, server: pod, timeoutMs: 2_000 });
}

/** As whom the outside sees a pod. */
async function leavesAs(pod: string): Promise<string> {
  return await lab.peerOf({ from: pod, to: gateway, port: port++, server: 'outside', timeoutMs: 2_000 });
}

test('what is sent to the own address of a router comes through where something else has it too', async () => {
  const own = '10.9.101.40';
  await shown('04-shared-eip');
  const options = ['set', 'Logical_Router', 'vpc1', `options:dnat_force_snat_ip=${own}`];
  const ways: readonly (readonly [readonly string[], readonly string[]])[] = [
    [newNat('snat', own, '192.168.77.0/24'), ['lr-nat-del', 'vpc1', 'snat', '192.168.77.0/24']],
    [
      ['lb-add', 'lb', `${own}:5433`, '192.168.0.5:5433', '--', 'lr-lb-add', 'vpc1', 'lb'],
      ['lr-lb-del', 'vpc1', 'lb', '--', 'lb-del', 'lb'],
    ],
    [options, ['remove', 'Logical_Router', 'vpc1', 'options', 'dnat_force_snat_ip']],
  ];
  nbctl('lr-lb-del', 'vpc1', '--', 'lr-nat-del', 'vpc1', 'snat', '192.168.0.0/24');
  expect(await said(own)).toEqual(['fip/web inbound nat-ignored', 'fip/web outbound nat-ignored']);
  expect(await comesTo('default/web', own)).not.toBe(gateway);
  for (const [change, undo] of ways) {
    nbctl(...change);
    expect(await said(own)).toEqual(
      expect.arrayContaining(['fip/web inbound delivered', 'fip/web outbound delivered']),
    );
    expect(await comesTo('default/web', own)).toBe(gateway);
    nbctl(...undo);
  }
  expect(lab.berth('apply', '-f', lab.folder).status).toBe(0);
});

test('rows of somebody else do to ours what is said of them', async () => {
  const { findings } = await shown('04-shared-eip');
  expect(findings).toEqual([]);
  nbctl(...newNat('snat', '10.9.101.52', '192.168.0.0/25'));
  const nested = (await seen()).findings;
  expect(nested.map(({ code, severity, object }) => `${severity} ${code} ${object?.name}`)).toEqual([
    'error snat-overlap outgoing',
  ]);
  expect(await leavesAs('default/app')).toBe('10.9.101.52');
  nbctl('lr-nat-del', 'vpc1', 'snat', '192.168.0.0/25');

  await shown('05-dual-stack-fip');
  const beside = 'nat/vpc1/dnat_and_snat/10.9.101.60';
  nbctl(...newNat('dnat_and_snat', '10.9.101.60', '192.168.0.4'));
  expect(await said('10.9.101.60')).toEqual([
    `${beside} inbound fip-ambiguous`,
    `${beside} outbound fip-ambiguous`,
  ]);
  expect(await comesTo('default/web', '10.9.101.60')).not.toBe(gateway);
  expect(await said('10.9.101.50')).toEqual(['fip/web inbound delivered', 'fip/web outbound delivered']);
  expect(await comesTo('default/web', '10.9.101.50')).toBe(gateway);
  expect(await leavesAs('default/web')).toBe('10.9.101.50');

  nbctl('lr-nat-del', 'vpc1', 'dnat_and_snat', '10.9.101.60');
  nbctl(...newNat('snat', '10.9.101.50', '192.168.0.77'));
  expect(await said('10.9.101.50')).toContain('fip/web inbound location-unknown');
  const { answers }: { answers: readonly { readonly address: string; readonly node: string | null }[] } =
    JSON.parse(lab.berth('probe', 'fip/web', '-o', 'json').stdout);
  expect(
    new Set(answers.filter(({ address }) => address === '10.9.101.50').map(({ node }) => node)).size,
  ).toBe(2);
});
