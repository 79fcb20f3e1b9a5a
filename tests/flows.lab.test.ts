import { afterAll, beforeAll, expect, test } from 'vitest';
import {
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
  const { nb, sb }: { nb: string; sb: string } = JSON.parse(lab.berth('lab', 'status', '-o', 'json').stdout);
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
