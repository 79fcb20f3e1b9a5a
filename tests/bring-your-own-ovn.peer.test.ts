import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { auditSchema } from '../apps/cli/src/schema/audit.ts';
import { explanationSchema } from '../apps/cli/src/schema/explanation.ts';
import { whatIfSchema } from '../apps/cli/src/schema/whatif.ts';
import { programFile } from './support/programs.ts';

const root = path.join(import.meta.dirname, '..');
const example = path.join(root, 'examples/12-bring-your-own-ovn');
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-byo-'));
  cpSync(example, folder, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command of the page in its folder. */
function berth(line: string, cwd = folder) {
  const argv = line.split(' ').slice(1);
  const env = { PATH: process.env['PATH'], HOME: folder, XDG_RUNTIME_DIR: folder, XDG_STATE_HOME: folder };
  const { status, stdout, stderr } = spawnSync(programFile('berth'), argv, {
    encoding: 'utf8',
    cwd,
    env,
  });
  return { status, stdout, stderr };
}

/** The lines of the page that are to be typed, in order. */
const lines = [...readFileSync(path.join(example, 'README.md'), 'utf8').matchAll(/^berth .*$/gm)].map(
  ([line]) => line,
);

test('every line of the page works, with nothing but its folder', () => {
  expect(lines).toHaveLength(8);
  const ended = lines.map((line) => berth(line));
  expect(ended.map(({ status }) => status)).toEqual([1, 0, 0, 1, 0, 1, 0, 0]);
  expect(ended.flatMap(({ stderr }) => stderr.match(/^error:.*/gm) ?? [])).toEqual([]);
});

test.each([
  ['expected-explain.txt', 2],
  ['expected-whatif.txt', 3],
])('%s is what its line prints', async (file, place) => {
  await expect(berth(lines[place] ?? '').stdout).toMatchFileSnapshot(path.join(example, file));
});

test('pairs that tell nothing new are counted', () => {
  const { stdout } = berth('berth whatif --each host --pairs --nb ovnnb_db.db --sb ovnsb_db.db');
  expect(stdout).toMatch(/^\d+ pairs not listed: .*--all lists them$/m);
  const all = berth('berth whatif --each host --pairs --all --nb ovnnb_db.db --sb ovnsb_db.db');
  expect(all.stdout).not.toContain('not listed');
});

test('with --all every scenario has its line, also of those that nobody notices', () => {
  const { stdout } = berth('berth whatif --each host,uplink --all --nb ovnnb_db.db --sb ovnsb_db.db');
  const [, scenarios] = stdout.match(/ in (\d+) scenarios: /) ?? [];
  const told = stdout.match(/^(host|uplink):\S+ /gm) ?? [];
  expect(told).toHaveLength(Number(scenarios));
  const some = berth('berth whatif --each host,uplink --nb ovnnb_db.db --sb ovnsb_db.db').stdout;
  expect((some.match(/^(host|uplink):\S+ /gm) ?? []).length).toBeLessThan(told.length);
});

test('whatif names the errors of what it is asked about, as audit does, and no others', () => {
  const errors = (question: string): readonly string[] => {
    const { stdout } = berth(`berth ${question} --nb ovnnb_db.db --sb ovnsb_db.db -o json`);
    const { findings } = z
      .object({ findings: z.array(z.object({ code: z.string(), severity: z.string() })) })
      .parse(JSON.parse(stdout));
    return findings.flatMap(({ code, severity }) => (severity === 'error' ? [code] : []));
  };
  expect(errors('audit')).toEqual(['no-bridge-mapping']);
  expect(errors('whatif --fail host:gw-1 203.0.113.12')).toEqual(['no-bridge-mapping']);
  expect(errors('whatif --each host')).toEqual(['no-bridge-mapping']);
  expect(errors('whatif --fail host:gw-1 203.0.113.10')).toEqual([]);
  const text = berth('berth whatif --fail host:gw-1 203.0.113.12 --nb ovnnb_db.db --sb ovnsb_db.db');
  expect(text.stderr).toMatch(/^error .*no-bridge-mapping$/m);
});

test('the bundle says what the files say', () => {
  expect(berth('berth bundle again.bundle --nb ovnnb_db.db --sb ovnsb_db.db').status).toBe(0);
  expect(berth('berth bundle again.bundle --nb ovnnb_db.db --sb ovnsb_db.db')).toMatchObject({ status: 64 });
  for (const question of ['explain 203.0.113.10', 'explain vpc/office', 'whatif --each host', 'audit']) {
    const fromFiles = berth(`berth ${question} --nb ovnnb_db.db --sb ovnsb_db.db`);
    expect(fromFiles.stdout).not.toBe('');
    expect(berth(`berth ${question} --bundle again.bundle`)).toEqual(fromFiles);
  }
});

/** What becomes of each address, whatever UUIDs its rows have. */
function outcomes(cwd: string) {
  const { stdout } = berth(
    'berth whatif --fail host:gw-1,host:gw-2 --nb ovnnb_db.db --sb ovnsb_db.db -o json',
    cwd,
  );
  const told = whatIfSchema.parse(JSON.parse(stdout));
  const flows = told.scenarios.flatMap((scenario) => scenario.flows);
  return flows.map(({ target, direction, before, after }) => [target, direction, before, after]);
}

test('the script makes the same OVN again', () => {
  const made = path.join(folder, 'made');
  const { status, stderr } = spawnSync(path.join(example, 'make.sh'), [made], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(readdirSync(made).sort()).toEqual(['ovnnb_db.db', 'ovnsb_db.db']);
  expect(outcomes(made)).toEqual(outcomes(folder));
  expect(outcomes(made)).toContainEqual([
    'nat/office/dnat_and_snat/203.0.113.11',
    'inbound',
    { outcome: 'delivered', berth: 'gw-1' },
    { outcome: 'lost', berth: null },
  ]);
});

test('the answers follow their schemas', () => {
  const files = '--nb ovnnb_db.db --sb ovnsb_db.db -o json';
  const explained = explanationSchema.parse(JSON.parse(berth(`berth explain 203.0.113.10 ${files}`).stdout));
  expect(explained).toMatchObject({
    placement: { effective: 'distributed', wanted: null },
    berth: { node: 'compute-1', how: 'derived' },
    now: { outcome: 'delivered' },
    independentOf: expect.arrayContaining([{ failures: ['host:gw-1', 'host:gw-2'], of: 'gateways' }]),
  });
  expect(explained.dependsOn).toContainEqual(
    expect.objectContaining({ failures: ['uplink:compute-1'], effect: 'lost', reason: 'uplink-down' }),
  );
  const node = explanationSchema.parse(JSON.parse(berth(`berth explain node/gw-1 ${files}`).stdout)).node;
  expect(node?.loss.map(({ effect, to }) => [effect, to])).toEqual(Array(4).fill(['moved', 'gw-2']));
  const swept = whatIfSchema.parse(JSON.parse(berth(`berth whatif --each host,sb --pairs ${files}`).stdout));
  expect(swept.scenarios.map(({ failures }) => failures.length)).toEqual([
    ...Array(6).fill(1),
    ...Array(15).fill(2),
  ]);
  const broken = swept.scenarios.find(({ failures }) => failures.join() === 'host:gw-1');
  expect(broken?.flows.every(({ moved, reason }) => moved && reason === 'gateway-moved')).toBe(true);
  const audited = auditSchema.parse(JSON.parse(berth(`berth audit ${files}`).stdout));
  expect(audited.summary).toMatchObject({ flows: 10, error: 1 });
  expect(audited.findings).toContainEqual(
    expect.objectContaining({
      code: 'no-bridge-mapping',
      severity: 'error',
      object: { kind: 'NAT', name: 'office/dnat_and_snat/203.0.113.12' },
    }),
  );
});

test('where SB names another gateway than the one that comes first, all answers start from there', () => {
  const sb = path.join(folder, 'failed-over.db');
  cpSync(path.join(example, 'ovnsb_db.db'), sb);
  const ask = (operation: object) =>
    JSON.parse(
      execFileSync('ovsdb-tool', ['transact', sb, JSON.stringify(['OVN_Southbound', operation])], {
        encoding: 'utf8',
      }),
    );
  const [found] = ask({ op: 'select', table: 'Chassis', where: [['name', '==', 'gw-2']] });
  const [{ _uuid: chassis }] = found.rows;
  const where = [['logical_port', '==', 'cr-office-public']];
  expect(ask({ op: 'update', table: 'Port_Binding', where, row: { chassis } })).toEqual([{ count: 1 }]);
  const files = '--nb ovnnb_db.db --sb failed-over.db';
  const explained = berth(`berth explain 203.0.113.11 ${files}`).stdout;
  expect(explained).toMatch(/^lives on +gw-2, .*as SB says, though another comes first/m);
  expect(explained).toMatch(/gateway-moved\n +gw-2 claims the gateway of .*, though gw-1 comes first/);
  const told = whatIfSchema.parse(
    JSON.parse(berth(`berth whatif --fail host:gw-2 203.0.113.11 ${files} -o json`).stdout),
  );
  expect(told.findings.map(({ code }) => code)).toEqual(['gateway-moved']);
  expect(told.assumptions).toContainEqual(expect.stringMatching(/^SB says that gw-2 acts as the gateway/));
  expect(told.scenarios[0]?.flows.map(({ before, after }) => [before.berth, after.outcome])).toEqual(
    Array(told.summary.flows).fill(['gw-2', 'lost']),
  );
  expect(auditSchema.parse(JSON.parse(berth(`berth audit ${files} -o json`).stdout)).findings).toContainEqual(
    expect.objectContaining({ code: 'gateway-moved', severity: 'info' }),
  );
});

test.each([
  ['berth explain 203.0.113.1O', 64, 'is no target'],
  ['berth explain 203.0.113.19', 1, 'did you mean 203.0.113.1'],
  ['berth explain nat/office/dnat_and_snat/203.0.113.99', 1, 'did you mean nat/office'],
  ['berth explain vpc/ofice', 1, 'did you mean vpc/office?'],
  ['berth explain node/gw-3', 1, 'did you mean node/gw-'],
  ['berth get fip none', 1, 'ovn-fip/none not found'],
  ['berth get node/gw-3', 1, 'did you mean gw-'],
  ['berth whatif fip/none', 64, 'fip/none is not in this OVN'],
  ['berth explain no-such-code', 1, 'is neither a target nor the code of a finding'],
  ['berth whatif --each host node/gw-3', 64, 'did you mean node/gw-'],
  ['berth whatif --fail host:gw-3', 64, 'expected one of gw-1, gw-2, compute-1'],
  ['berth whatif --fail host:gw-1 203.0.113.99', 64, 'not in this OVN'],
  ['berth whatif --each hots', 64, '--each takes host'],
  ['berth whatif --fail host:gw-1 --pairs', 64, 'two questions'],
])('%s is refused with what would do', (line, status, cure) => {
  const ended = berth(`${line} --nb ovnnb_db.db --sb ovnsb_db.db`);
  expect(ended).toEqual({ status, stdout: '', stderr: expect.stringMatching(/^error: [^\n]+\n$/) });
  expect(ended.stderr).toContain(cure);
});

test('an address that is dark already is not lost again, asked for by name or not', () => {
  const files = '--nb ovnnb_db.db --sb ovnsb_db.db -o json';
  const each = (target: string) =>
    whatIfSchema.parse(JSON.parse(berth(`berth whatif --each host ${target} ${files}`).stdout)).summary;
  expect(each('203.0.113.12')).toMatchObject({ flows: 2, lost: 0 });
  expect(each('203.0.113.10').lost).toBeGreaterThan(0);
});

test('a node as a target is what lives on it', () => {
  const { stdout } = berth(
    'berth whatif --fail host:gw-1 node/gw-1 --nb ovnnb_db.db --sb ovnsb_db.db -o json',
  );
  const [scenario] = whatIfSchema.parse(JSON.parse(stdout)).scenarios;
  expect(scenario?.flows.map(({ before, after }) => [before.berth, after.berth])).toEqual(
    Array(4).fill(['gw-1', 'gw-2']),
  );
});

test('what rests on an assumption is not told to the strict', () => {
  const strict = berth('berth whatif --each host --strict --nb ovnnb_db.db --sb ovnsb_db.db');
  expect(strict.status).toBe(2);
  expect(strict.stdout).toContain('0 delivered');
});

test('a thousand targets are asked about at once', () => {
  const targets = Array(1_000).fill('203.0.113.10').join(' ');
  const { stdout } = berth(
    `berth whatif --fail host:gw-1 --nb ovnnb_db.db --sb ovnsb_db.db -o json ${targets}`,
  );
  expect(whatIfSchema.parse(JSON.parse(stdout)).summary.flows).toBe(3);
});
