import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ResourceSet } from '@berth/api';
import type { Finding } from '@berth/core';
import { type NbTables, type SbTables, sbSchema } from '@berth/ovn';
import { type Row, type Snapshot, snapshotOf } from '@berth/ovsdb/value';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { badCases } from '../../../../packages/core/src/testing/bad-cases.ts';
import { badSupport } from '../../../../packages/core/src/testing/bad-support.ts';
import { fieldFabric, fieldStoryWith } from '../../../../packages/core/src/testing/field-story.ts';
import { ovnWorld } from '../../../../packages/core/src/testing/ovn-world.ts';
import { uuidOf } from '../../../../packages/core/src/testing/ovn-world-names.ts';
import { damaged, programmed } from '../../../../packages/core/src/testing/program.ts';
import { settle } from '../../../../packages/core/src/testing/settle.ts';
import { bundleJson } from '../bundle/bundle.ts';
import type { Terminal } from '../context/terminal.ts';
import { styleOf } from '../output/style.ts';
import { run as audit } from './audit.ts';
import { run as get } from './get.ts';
import { run as status } from './status.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-list-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Ovn = { readonly nb: Snapshot<NbTables>; readonly sb: Snapshot<SbTables> };

/** Saves an OVN with what is asked for on it, and asks commands of it. */
function saved({ nb, sb }: Ovn, objects?: ResourceSet) {
  const bundle = path.join(folder, 'ovn.bundle');
  writeFileSync(
    bundle,
    JSON.stringify(bundleJson({ savedAt: '2026-01-01T00:00:00Z', nb, sb, reports: [], objects })),
  );
  return async (run: typeof status, ...words: readonly string[]) => {
    const [stdout, stderr]: readonly string[][] = [[], []];
    const screen = (texts: string[] = []) => ({
      write: (text: string) => void texts.push(text),
      style: styleOf(false),
      columns: undefined,
    });
    const terminal: Terminal = {
      out: screen(stdout),
      err: screen(stderr),
      isInteractive: false,
      confirm: () => Promise.resolve(false),
    };
    const environment = { lab: undefined, stateHome: folder, noColor: true, asPlugin: true };
    const { signal } = new AbortController();
    await run({ words, options: { bundle, output: 'json' }, terminal, environment, signal });
    return { json: JSON.parse(stdout?.join('') ?? ''), stderr: stderr?.join('') };
  };
}

/** SB as northd leaves it before any chassis has claimed anything. */
function southOf(nb: Snapshot<NbTables>): Snapshot<SbTables> {
  const owners = [
    ...[...nb.table('Logical_Router')].map(({ _uuid }) => ['logical-router', _uuid] as const),
    ...[...nb.table('Logical_Switch')].map(({ _uuid }) => ['logical-switch', _uuid] as const),
  ];
  return snapshotOf<SbTables>(sbSchema, {
    Datapath_Binding: owners.map(([key, uuid], place) => ({
      _uuid: uuidOf('Datapath_Binding', uuid),
      tunnel_key: place + 1,
      external_ids: new Map([[key, uuid]]),
    })),
    Chassis: [...fieldFabric.chassis.values()].map(({ name, hostname }) => ({
      _uuid: uuidOf('Chassis', name),
      name,
      hostname,
      other_config: new Map([['ovn-bridge-mappings', 'external0:br-external0']]),
    })),
  });
}

const findingsOf = (told: { readonly findings: readonly Finding[] }): readonly string[] =>
  told.findings.map((each) => JSON.stringify(each));

/** What becomes of an NB at the hands of others. */
const hands: Readonly<Record<string, (table: string, row: Row) => Row | undefined>> = {
  whole: (_table, row) => row,
  'without NAT': (table, row) => (table === 'NAT' ? undefined : row),
  'without router ports': (table, row) => (table === 'Logical_Router_Port' ? undefined : row),
  'without gateways': (table, row) => (table === 'Gateway_Chassis' ? undefined : row),
  'with other targets': (table, row) => (table === 'NAT' ? { ...row, logical_ip: '192.168.0.99' } : row),
};

const cases = [...badCases, ...badSupport.slice(0, 3)];

test.each(Object.entries(hands))('status and audit find the same in an NB that is %s', async (name, hand) => {
  // Each hand gets its share of the cases, so that all of them are played once.
  const place = Object.keys(hands).indexOf(name);
  const share = cases.filter((_, index) => index % Object.keys(hands).length === place);
  let found = 0;
  for (const { what, objects, fabric = fieldFabric } of share) {
    const resources = fieldStoryWith(...objects);
    const nb = damaged(programmed(resources, fabric), hand);
    if (nb.table('Logical_Router').size === 0) continue;
    const ask = saved({ nb, sb: southOf(nb) }, settle(resources, fabric).resources);
    const [inStatus, inAudit] = [(await ask(status)).json, (await ask(audit)).json];
    expect(findingsOf(inStatus), what).toEqual(findingsOf(inAudit));
    const { flows: _flows, ...counts } = inAudit.summary;
    expect(inStatus.summary, what).toEqual(counts);
    found += inStatus.findings.length;
  }
  expect(found).toBeGreaterThan(share.length);
});

test('rows of others that clash are told by both, though nothing is known of any objects', async () => {
  const nat = (externalIp: string) =>
    ({ type: 'dnat_and_snat', externalIp, logicalIp: '192.168.0.4' }) as const;
  const ask = saved(
    ovnWorld({
      nodes: [{ name: 'a' }, { name: 'b' }],
      externals: [{ name: 'ext', subnets: ['10.0.0.0/24'] }],
      routers: [
        {
          name: 'r',
          gatewayPorts: [
            {
              external: 'ext',
              members: [
                ['a', 2],
                ['b', 1],
              ],
            },
          ],
          subnets: [
            {
              name: 's',
              networks: ['192.168.0.1/24'],
              pods: [{ name: 'w', node: 'b', ips: ['192.168.0.4'] }],
            },
          ],
          nat: [nat('10.0.0.8'), nat('10.0.0.9')],
        },
      ],
    }),
  );
  const { json } = await ask(status);
  expect(json.findings.map(({ code }: Finding) => code)).toContain('fip-ambiguous');
  expect(findingsOf(json)).toEqual(findingsOf((await ask(audit)).json));
});

test.each([
  ['no workload', '192.168.0.99', null, '192.168.0.99'],
  ['what it asks for', '192.168.0.4', { kind: 'Pod', namespace: 'default', name: 'web' }, null],
])(
  'a floating IP in whose place is a row of somebody else is listed as that row is: it leads to %s',
  async (_, ip, target, elsewhere) => {
    const foreign = uuidOf('NAT', 'foreign');
    const row = { type: 'dnat_and_snat', external_ip: '10.9.101.9', logical_ip: ip, external_ids: new Map() };
    const nb = damaged(
      programmed(fieldStoryWith(), fieldFabric),
      (table, each) =>
        table === 'NAT'
          ? undefined
          : table === 'Logical_Router'
            ? { ...each, nat: new Set([foreign]) }
            : each,
      { NAT: [{ _uuid: foreign, ...row }] },
    );
    // SB names a gateway, so that somebody answers.
    const ask = saved({ nb, sb: southOf(nb) }, settle(fieldStoryWith(), fieldFabric).resources);
    const { json } = await ask(status);
    expect(json.findings.map(({ code }: Finding) => code)).toContain('row-clash');
    expect(json.floatingIps).toMatchObject([
      { name: 'web', target, elsewhere, placement: { effective: 'centralized', wanted: 'distributed' } },
    ]);
  },
);

test('get tells what is wrong with what it shows, in the words of both', async () => {
  const nb = damaged(
    programmed(fieldStoryWith(), fieldFabric),
    hands['with other targets'] ?? (() => undefined),
  );
  const ask = saved({ nb, sb: southOf(nb) }, settle(fieldStoryWith(), fieldFabric).resources);
  const { json, stderr } = await ask(get, 'ovn-fip/web');
  expect(stderr).toContain('NB has it otherwise than it asks');
  expect(json.status).toMatchObject({ ready: false, conditions: [{ reason: 'ProgrammedOtherwise' }] });
});
