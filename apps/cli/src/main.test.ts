import { spawnSync } from 'node:child_process';
import { closeSync, cpSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lintSchema } from './schema/lint.ts';
import { statusSchema } from './schema/status.ts';
import { versionSchema } from './schema/version.ts';

const root = path.join(import.meta.dirname, '../../..');
const story = path.join(root, 'examples/01-field-story');
let scratch = '';

beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'berth-cli-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs the command line in a process of its own, without a terminal and without labs. */
function berth(...argv: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(path.join(root, 'bin/berth'), argv, {
    encoding: 'utf8',
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: scratch, XDG_RUNTIME_DIR: scratch, XDG_STATE_HOME: scratch },
  });
  return { status, stdout, stderr };
}

const oneLine = /^error: [^\n]+\n$/;

test('no command prints the help', () => {
  expect(berth()).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('Commands:') });
});

test.each([
  ['an unknown command', ['plann'], 64],
  ['a flag that is missing', ['plan'], 64],
  ['an unknown kind', ['get', 'ovn-fipp'], 64],
  ['half an OVN', ['plan', '-f', story, '--nb', 'unix:/nowhere'], 64],
  ['a remote that is none', ['plan', '-f', story, '--nb', 'nowhere', '--sb', 'nowhere'], 64],
  ['a saved file where servers are meant', ['plan', '-f', story, '--nb', 'a.db', '--sb', 'b.db'], 64],
  ['databases where a lab is meant', ['drill', '--each', 'host', '--nb', 'a.db', '--sb', 'b.db'], 64],
  ['a folder that is not there', ['lint', '-f', 'no-such-folder'], 65],
  ['no OVN at all', ['plan', '-f', story], 2],
  ['an NB that is not there', ['plan', '-f', story, '--nb', 'unix:/nowhere', '--sb', 'unix:/nowhere'], 2],
  ['no lab', ['lab', 'status'], 2],
  ['a lab that does not run', ['get', 'vpcs', '--lab', 'blue'], 2],
  ['an object that is not there', ['get', 'ovn-fip', 'wep', '-f', story], 1],
  ['a finding that is not there', ['explain', 'no-gatway'], 1],
  ['a target without an OVN', ['explain', 'fip/web'], 2],
  ['what-if on half an OVN', ['whatif', '--nb', 'unix:/nowhere'], 64],
  ['a bundle that is not there', ['audit', '--bundle', '/nowhere'], 65],
])('%s is one line on standard error', (_, argv, status) => {
  const ended = berth(...argv);
  expect(ended).toEqual({ status, stdout: '', stderr: expect.stringMatching(oneLine) });
});

test('an answer that cannot be written, as on a full disk, is told on one line and in the exit code', () => {
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = spawnSync(path.join(root, 'bin/berth'), ['version'], {
    encoding: 'utf8',
    stdio: ['ignore', full, 'pipe'],
  });
  closeSync(full);
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(oneLine) });
  expect(stderr).toContain('cannot be written');
});

test('what a command cannot take is refused with what to do instead', () => {
  expect(berth('probe', '10.0.0.1', '--nb', 'a.db', '--sb', 'b.db')).toEqual({
    status: 64,
    stdout: '',
    stderr:
      'error: berth probe takes no --nb: it sends packets, from inside a lab: berth explain and berth status tell from databases whether an address works\n',
  });
  expect(berth('rebalance', '-f', story, '--bundle', 'x').stderr).toContain(
    'berth rebalance takes no --bundle',
  );
  expect(berth('apply', '-f', story, '--nb', 'a.db', '--sb', 'b.db').stderr).toContain('a.db is no server');
  expect(berth('lab', 'down', '--lab', 'blue', '--name', 'red')).toMatchObject({
    status: 64,
    stderr: expect.stringContaining('give --lab alone'),
  });
});

test('a name that is nearly right is told', () => {
  expect(berth('get', 'ovn-fip', 'wep', '-f', story).stderr).toContain('did you mean web?');
});

test('status tells what cannot be reached', () => {
  const remotes = ['--nb', 'unix:/nowhere', '--sb', 'unix:/nowhere'];
  const { status, stdout } = berth('status', ...remotes);
  expect(status).toBe(2);
  expect(stdout).toMatch(/^NB +unreachable {2}unix:\/nowhere: there is no such socket\n/);
  expect(stdout).toMatch(/^findings +not known/m);
  expect(stdout).not.toContain('0 errors');
  const told = berth('status', ...remotes, '-o', 'json');
  expect(statusSchema.parse(JSON.parse(told.stdout))).toMatchObject({
    summary: null,
    controller: { running: null, stopped: false },
  });
});

test('a database that nobody serves is named, with a cure', () => {
  const { stderr } = berth('plan', '-f', story, '--nb', 'tcp:127.0.0.1:1', '--sb', 'tcp:127.0.0.1:1');
  expect(stderr).toBe('error: NB tcp:127.0.0.1:1: connection refused: is ovsdb-server running there?\n');
});

test('an unknown flag is complained of before a missing one', () => {
  expect(berth('apply', '-g', 'x').stderr).toBe("error: unknown option '-g': see berth apply --help\n");
  expect(berth('apply').stderr).toBe('error: -f is missing: name a folder of YAML files, or one file\n');
});

test('a folder that is not there is told in the words of who asked', () => {
  expect(berth('lint', '-f', 'nosuch').stderr).toBe(
    'error: there is no folder nosuch: name a folder of YAML files, or one file\n',
  );
});

test('a lab that does not run is already down', () => {
  expect(berth('lab', 'down')).toMatchObject({ status: 0, stdout: '' });
});

test('the field story has no finding without an OVN', () => {
  const { status, stdout, stderr } = berth('lint', '-f', story);
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  expect(stderr).toMatch(/^\d+ objects checked: 0 errors, 0 warnings\n$/);
});

test('a finding names object, field and place, and is counted', () => {
  const file = path.join(scratch, 'fip.yaml');
  writeFileSync(
    file,
    'apiVersion: kubeovn.io/v1\nkind: OvnFip\nmetadata:\n  name: web\nspec:\n  ovnEip: none\n  ipName: web.default\n  typ: x\n',
  );
  const { status, stdout } = berth('lint', '-f', file, '-o', 'json');
  const told = lintSchema.parse(JSON.parse(stdout));
  expect(status).toBe(1);
  expect(told.findings).toContainEqual(
    expect.objectContaining({
      code: 'unknown-field',
      object: { kind: 'OvnFip', name: 'web' },
      field: 'spec.typ',
      at: { file, line: 8, column: 3 },
    }),
  );
});

test('of two EIPs with one address the younger is to blame, and where ages do not tell the one whose name comes later', () => {
  const file = path.join(scratch, 'eips.yaml');
  const eip = (name: string, made: string) =>
    `---\napiVersion: kubeovn.io/v1\nkind: OvnEip\nmetadata: {name: ${name}${made}}\nspec: {externalSubnet: external0, v4Ip: 10.9.101.50}\n`;
  const blamed = (alpha: string, beta: string) => {
    const folder = mkdtempSync(path.join(scratch, 'lint-'));
    cpSync(story, folder, { recursive: true });
    writeFileSync(path.join(folder, path.basename(file)), `${eip('alpha', alpha)}${eip('beta', beta)}`);
    const told = lintSchema.parse(JSON.parse(berth('lint', '-f', folder, '-o', 'json').stdout));
    return told.findings.map(({ code, object }) => `${code} ${object?.name}`);
  };
  const [older, younger] = ['2026-05-01', '2026-05-02'].map(
    (day) => `, creationTimestamp: "${day}T00:00:00Z"`,
  );
  expect(blamed(`${younger}`, `${older}`)).toEqual(['address-taken alpha']);
  expect(blamed(`${older}`, `${younger}`)).toEqual(['address-taken beta']);
  expect(blamed('', '')).toEqual(['address-taken beta']);
});

test('objects can be read from a folder that nobody applied', () => {
  expect(berth('get', 'eip,fip', '-f', story, '-o', 'name')).toEqual({
    status: 0,
    stdout: 'ovn-eip/web\novn-fip/web\n',
    stderr: '',
  });
  expect(berth('get', 'pods', '-f', story, '-A').stdout).toMatch(
    /^NAMESPACE +NAME +STATUS +IP +NODE +AGE\ndefault +web /,
  );
  expect(berth('get', 'pods', '-f', story, '-n', 'other')).toEqual({
    status: 0,
    stdout: '',
    stderr: 'No resources found in namespace other.\n',
  });
  expect(JSON.parse(berth('get', 'vpc', 'vpc1', '-f', story, '-o', 'json').stdout)).toMatchObject({
    apiVersion: 'kubeovn.io/v1',
    kind: 'Vpc',
    metadata: { name: 'vpc1' },
  });
  expect(JSON.parse(berth('get', 'nodes', '-f', story, '-o', 'json').stdout)).toMatchObject({
    apiVersion: 'v1',
    kind: 'List',
    items: [{ kind: 'Node' }, { kind: 'Node' }, { kind: 'Node' }],
  });
  expect(berth('get', 'vpc', 'vpc1', '-f', story, '-o', 'yaml').stdout).toMatch(
    /^apiVersion: kubeovn.io\/v1\nkind: Vpc\n/,
  );
});

test('colour is for terminals, or on request', () => {
  const coloured = '\u001b[';
  const argv = ['get', 'ovn-fip', 'wep', '-f', story];
  expect(berth(...argv).stderr).not.toContain(coloured);
  expect(berth(...argv, '--color', 'always').stderr).toContain(coloured);
});

test('the version, for people and for programs', () => {
  expect(berth('version').stdout).toMatch(/^berth \d+\.\d+\.\d+ \(Node v\d+/);
  expect(versionSchema.parse(JSON.parse(berth('version', '-o', 'json').stdout)).kind).toBe('Version');
});

test('an error says where it comes from only when asked', () => {
  expect(berth('lint', '-f', 'no-such-folder', '-v').stderr).toMatch(/^error: .*\n.*\n +at /);
});

test('get tells what is wrong in its folder on standard error, and prints the rest', () => {
  const file = path.join(scratch, 'broken.yaml');
  writeFileSync(file, `kind: Vpc\napiVersion: kubeovn.io/v1\nmetadata: { name: good }\n---\nkind: [\n`);
  const { status, stdout, stderr } = berth('get', 'vpcs', '-f', file);
  expect(status).toBe(0);
  expect(stderr).toMatch(/^error .*broken\.yaml:\d+:\d+ {2}yaml-syntax\n/);
  expect(stdout).not.toContain('yaml-syntax');
});
