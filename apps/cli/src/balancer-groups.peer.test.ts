import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type OvsdbServer, startOvsdbServer } from '@berth/ovsdb/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { programFile } from '../../../tests/support/programs.ts';

const story = path.join(import.meta.dirname, '../../../examples/01-field-story');
let scratch = '';
let servers: readonly OvsdbServer[] = [];
let northd: ChildProcess | undefined;

const [nb, sb] = [() => `${servers[0]?.remote}`, () => `${servers[1]?.remote}`];
const nbctl = (...argv: readonly string[]) =>
  spawnSync('ovn-nbctl', [`--db=${nb()}`, ...argv], { encoding: 'utf8' }).stdout.trim();

function berth(...argv: readonly string[]) {
  const where = ['--nb', nb(), '--sb', sb(), '--state', path.join(scratch, 'state')];
  const env = { PATH: process.env['PATH'], HOME: scratch };
  const { status, stdout, stderr } = spawnSync(programFile('berth'), [...argv, ...where], {
    ...{ encoding: 'utf8', env },
  });
  return { status, stdout, stderr };
}

beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'berth-groups-'));
  servers = await Promise.all([startOvsdbServer({ schema: 'nb' }), startOvsdbServer({ schema: 'sb' })]);
  const log = path.join(scratch, 'northd.log');
  const files = [`--unixctl=${path.join(scratch, 'northd.ctl')}`, `--log-file=${log}`];
  northd = spawn('ovn-northd', [`--ovnnb-db=${nb()}`, `--ovnsb-db=${sb()}`, ...files], { stdio: 'ignore' });
});
afterAll(async () => {
  northd?.kill();
  await Promise.all(servers.map((server) => server.stop()));
  rmSync(scratch, { recursive: true, force: true });
});

/** A group with one load-balancer of this virtual address, as the value of a reference column. */
function groupOf(name: string, vip: string): string {
  nbctl('lb-add', name, `${vip}:80`, '172.16.0.5:8080');
  const balancer = nbctl('--bare', '--columns=_uuid', 'find', 'Load_Balancer', `name=${name}`);
  return nbctl('create', 'Load_Balancer_Group', `name=g-${name}`, `load_balancer=${balancer}`);
}

test('an address that OVN answers for by a group of load-balancers is given to nobody, and is known', () => {
  const folder = path.join(scratch, 'folder');
  cpSync(story, folder, { recursive: true });
  berth('apply', '-f', folder, '--timeout', '200');
  nbctl('lr-add', 'other');
  nbctl('lrp-add', 'other', 'other-ext', '0a:00:00:00:00:01', '10.9.101.77/24');
  nbctl('lrp-set-gateway-chassis', 'other-ext', 'vnode-103-177', '10');
  nbctl('lsp-add', 'external0', 'ext-other');
  nbctl('lsp-set-type', 'ext-other', 'router');
  nbctl('lsp-set-addresses', 'ext-other', 'router');
  nbctl('lsp-set-options', 'ext-other', 'router-port=other-ext');
  nbctl('add', 'Logical_Router', 'other', 'load_balancer_group', groupOf('shared', '10.9.101.11'));
  nbctl('add', 'Logical_Switch', 'external0', 'load_balancer_group', groupOf('local', '10.9.101.12'));
  nbctl('--wait=sb', 'sync');
  const flows = spawnSync('ovn-sbctl', [`--db=${sb()}`, 'lflow-list'], { encoding: 'utf8' }).stdout;
  // What a switch balances nobody answers for.
  expect(flows).toContain('arp.tpa == 10.9.101.11)');
  expect(flows).toContain('ip4.dst == 10.9.101.12');
  expect(flows).not.toContain('arp.tpa == 10.9.101.12');

  const eips = ['a', 'b', 'c'].map((name) => ({
    ...{ apiVersion: 'kubeovn.io/v1', kind: 'OvnEip', metadata: { name } },
    spec: { externalSubnet: 'external0', type: 'nat' },
  }));
  writeFileSync(path.join(folder, '09-more.yaml'), eips.map((each) => JSON.stringify(each)).join('\n---\n'));
  berth('apply', '-f', folder, '--timeout', '200');
  const listed = JSON.parse(berth('get', 'eip', '-o', 'json').stdout);
  const given = listed.items.map(({ status }: { status?: { v4Ip?: string } }) => status?.v4Ip);
  expect(given).toHaveLength(5);
  expect(given).not.toContain('10.9.101.11');
  expect(given).toContain('10.9.101.12');
  expect(berth('explain', '10.9.101.11').stdout).toMatch(
    /10\.9\.101\.11 tcp\/80 -> 172\.16\.0\.5 .* in other/,
  );
});
