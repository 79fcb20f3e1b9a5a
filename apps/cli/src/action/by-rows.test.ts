import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type NbTables, sbSchema } from '@berth/ovn';
import { snapshotOf } from '@berth/ovsdb/value';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleJson } from '../bundle/bundle.ts';
import { status as statusCommand } from '../command/status.ts';
import { openDatabaseFile } from '../context/database-file.ts';
import { exitCodeOf } from '../output/exit-code.ts';
import { styleOf } from '../output/style.ts';
import { statusSchema } from '../schema/status.ts';
import { writeKubeconfig } from '../testing/kubeconfig.ts';
import type { Options } from '../tree/options.ts';
import { run as get } from './get.ts';
import { run as status } from './status.ts';

const example = path.join(import.meta.dirname, '../../../../examples/12-bring-your-own-ovn');
const files = { nb: path.join(example, 'ovnnb_db.db'), sb: path.join(example, 'ovnsb_db.db') };
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-rows-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a command says of two saved files, and its exit code. */
async function ask(run: typeof status, words: readonly string[], options: Options) {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const screen = (texts: string[]) => ({
    write: (text: string) => void texts.push(text),
    style: styleOf(false),
    columns: undefined,
  });
  const terminal = {
    ...{ out: screen(stdout), err: screen(stderr), isInteractive: false },
    confirm: () => Promise.resolve(false),
  };
  const environment = { lab: undefined, stateHome: folder, noColor: true, asPlugin: true };
  const { signal } = new AbortController();
  const code = await run({ words, options, terminal, environment, signal });
  return { code, out: stdout.join(''), err: stderr.join('') };
}

test('status tells of saved databases what their rows say', async () => {
  const { code, out } = await ask(status, [], { ...files, output: 'json' });
  const told = statusSchema.parse(JSON.parse(out));
  expect(code).toBe(1);
  expect(told).toMatchObject({ toldBy: 'rows', controller: { running: null } });
  expect(told.vpcs).toMatchObject([
    { name: 'office', attachments: [{ subnet: 'public', gateways: [{ node: 'gw-1', active: true }, {}] }] },
  ]);
  expect(told.floatingIps.map(({ externalIps, berth, works }) => [externalIps, berth?.node, works])).toEqual([
    [['203.0.113.10'], 'compute-1', { outcome: 'delivered', reason: null }],
    [['203.0.113.11'], 'gw-1', { outcome: 'delivered', reason: null }],
    [['203.0.113.12'], 'compute-3', { outcome: 'lost', reason: 'no-bridge-mapping' }],
  ]);
});

const hasJq = spawnSync('jq', ['--version']).status === 0;

test.skipIf(!hasJq)('the example in the help of status names the node of each floating IP', async () => {
  const line = statusCommand.examples.find((each) => each.line.includes('jq'))?.line ?? '';
  const [, filter = ''] = /\| jq '(.*)'$/.exec(line) ?? [];
  const { out } = await ask(status, [], { ...files, output: 'json' });
  const { stdout } = spawnSync('jq', ['-c', filter], { input: out, encoding: 'utf8' });
  const told = stdout
    .trim()
    .split('\n')
    .map((each) => JSON.parse(each));
  expect(told.map(({ node }) => node)).toEqual(['compute-1', 'gw-1', 'compute-3']);
  // Where nobody answers there is no node.
  const nobody = JSON.stringify({ floatingIps: [{ name: 'web', berth: null }] });
  expect(spawnSync('jq', ['-c', filter], { input: nobody, encoding: 'utf8' }).stdout.trim()).toBe(
    '{"name":"web","node":null}',
  );
});

test('get lists rows by what commands take, and says what they do not tell', async () => {
  const { code, out, err } = await ask(get, ['fip'], files);
  expect(code).toBe(0);
  expect(out).toMatch(
    /^nat\/office\/dnat_and_snat\/203\.0\.113\.10 +office .* True .*distributed +compute-1 /m,
  );
  expect(err).toContain('told by the rows of NB and SB alone');
  expect(
    (await ask(get, ['fip', 'nat/office/dnat_and_snat/203.0.113.11'], { ...files, output: 'json' })).out,
  ).toContain('"placement": "centralized"');
});

test('kinds of which no row tells are refused with what to name instead', async () => {
  const refused = await ask(get, ['vips,gatewaypolicies'], files).catch((fault: unknown) => fault);
  expect(exitCodeOf(refused)).toBe(64);
  expect(refused).toMatchObject({ message: expect.stringContaining('no row of NB or SB tells of vips') });
});

test('an SB that northd has not filled leaves the rows, and says that nothing is known of packets', async () => {
  const bundle = path.join(folder, 'ovn.bundle');
  const { snapshot } = await openDatabaseFile<NbTables>(files.nb);
  const json = bundleJson({
    ...{ savedAt: '2026-01-01T00:00:00Z', nb: snapshot, sb: snapshotOf(sbSchema, {}), reports: [] },
    objects: undefined,
  });
  writeFileSync(bundle, JSON.stringify(json));
  const { code, out } = await ask(status, [], { bundle, output: 'json' });
  expect(code).toBe(2);
  const told = statusSchema.parse(JSON.parse(out));
  expect(told.floatingIps).toHaveLength(3);
  expect(told.floatingIps.every(({ works, berth }) => works === null && berth === null)).toBe(true);
  expect(told.assumptions[0]).toMatch(/^nothing is told of packets/);
});

test('where the cluster does not tell its objects, it is said how OVN is asked without it', async () => {
  const kubeconfig = path.join(folder, 'kubeconfig');
  // A token is sent to nobody without TLS: that fails at once.
  writeKubeconfig(kubeconfig, 'http://127.0.0.1:1');
  const fault = await ask(get, ['fip'], { ...files, kubeconfig }).catch((thrown: unknown) => thrown);
  expect(exitCodeOf(fault)).toBe(2);
  expect(fault).toMatchObject({
    message: expect.stringContaining(`and no cluster: --nb ${files.nb} --sb ${files.sb}`),
  });
});
