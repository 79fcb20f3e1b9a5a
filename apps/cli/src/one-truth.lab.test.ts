import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { berthIn } from '../../../tests/support/own-lab.ts';
import { explanationSchema } from './schema/explanation.ts';
import { probeSchema } from './schema/probe.ts';

const root = path.join(import.meta.dirname, '../../..');
let scratch = '';
let folder = '';

beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'bt-'));
  folder = path.join(scratch, 'story');
  cpSync(path.join(root, 'examples/01-field-story'), folder, { recursive: true });
  const nodes = 'vnode-103-176,vnode-103-177,vnode-117-46';
  expect(berth('lab', 'up', '--name', 'truth', '--nodes', nodes).status).toBe(0);
});
beforeEach(() => {
  expect(berth('apply', '-f', folder).status).toBe(0);
});
afterAll(() => {
  berth('lab', 'down');
  rmSync(scratch, { recursive: true, force: true });
});

function berth(...argv: readonly string[]) {
  return berthIn(scratch, argv);
}

function nbctl(...argv: readonly string[]): void {
  expect(berth('lab', 'exec', 'central', '--', 'ovn-nbctl', '--wait=sb', ...argv).status).toBe(0);
}

const told = z.object({
  findings: z.array(
    z.object({ code: z.string(), severity: z.string(), object: z.object({ name: z.string() }).optional() }),
  ),
});

/** The errors that a command tells, as `code name`, and its exit code. */
function errorsOf(...argv: readonly string[]): readonly [number | null, readonly string[]] {
  const { status, stdout } = berth(...argv, '-o', 'json');
  const { findings } = told.parse(JSON.parse(stdout));
  const errors = findings.flatMap(({ code, severity, object }) =>
    severity === 'error' ? [`${code} ${object?.name}`] : [],
  );
  return [status, [...new Set(errors)].toSorted()];
}

test('a router port that somebody deleted is told alike by every command', () => {
  nbctl('lrp-del', 'vpc1-external0');
  const errors = ['nat-ignored web', 'not-programmed vpc1'];
  expect(errorsOf('status')).toEqual([1, errors]);
  expect(errorsOf('audit')).toEqual([1, errors]);
  expect(errorsOf('explain', 'fip/web')[1]).toEqual(errors);
  expect(errorsOf('whatif')[1]).toEqual(errors);
  const got = berth('get', 'fip,vpc');
  expect(got.stdout).toMatch(/^ovn-fip\/web .* NatIgnored /m);
  expect(got.stdout).toMatch(/^vpc\/vpc1 .* NotProgrammed /m);
  expect(got.stderr).toContain('Logical_Router_Port vpc1-external0');
  expect(berth('whatif').stdout).toContain('nothing works now');
});

test('gateways that somebody cleared are missing, and no inner name is told', () => {
  nbctl('clear', 'Logical_Router_Port', 'vpc1-external0', 'gateway_chassis');
  expect(errorsOf('status')).toEqual([1, ['nat-ignored web', 'not-programmed vpc1']]);
  expect(berth('audit').stdout).not.toContain('berth-keeper');
});

test('a floating IP without its row is explained, and found by its name', () => {
  nbctl('lr-nat-del', 'vpc1');
  for (const target of ['fip/web', 'eip/web', '10.9.101.9']) {
    const { status, stdout } = berth('explain', target, '-o', 'json');
    expect(status).toBe(1);
    const { now, findings } = explanationSchema.parse(JSON.parse(stdout));
    expect(now).toEqual({ outcome: 'lost', addresses: [] });
    expect(findings.map(({ code }) => code)).toEqual(['not-programmed']);
  }
  expect(berth('explain', 'pod/default/web').stdout).toContain('not-programmed');
  expect(berth('whatif', 'fip/web')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('NB has no row of it'),
  });
  expect(berth('probe', 'fip/web')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('not-programmed'),
  });
  expect(berth('explain', 'web')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('did you mean fip/web, eip/web, pod/default/web?'),
  });
});

test('what leaves with the address of another floating IP is said to, and so is why', () => {
  writeFileSync(
    path.join(folder, '06-more.yaml'),
    [
      'apiVersion: kubeovn.io/v1\nkind: OvnEip\nmetadata: { name: more }',
      'spec: { externalSubnet: external0, v4Ip: 10.9.101.33 }\n---',
      'apiVersion: kubeovn.io/v1\nkind: OvnFip\nmetadata: { name: more }',
      'spec: { ovnEip: more, ipName: web.default }\n',
    ].join('\n'),
  );
  expect(berth('apply', '-f', folder).status).toBe(0);
  for (const argv of [['status'], ['audit'], ['lint', '-f', folder], ['plan', '-f', folder]])
    expect(`${berth(...argv).stdout}${berth(...argv).stderr}`.match(/fip-ambiguous/g)).not.toBeNull();
  // OVN takes one of the two: the other one is seen with a foreign address.
  const seen = ['fip/web', 'fip/more'].map((target) => {
    const { status, stdout } = berth('probe', target, '-o', 'json');
    const { flows, findings } = probeSchema.parse(JSON.parse(stdout));
    return { status, wrong: flows.some(({ rightAs }) => rightAs !== undefined), codes: findings.length };
  });
  // It is told of the one that was asked about, with the other.
  expect(seen.filter(({ wrong }) => wrong)).toEqual([{ status: 1, wrong: true, codes: 1 }]);
  rmSync(path.join(folder, '06-more.yaml'));
});

test('failures that nobody reports are named where their absence is taken for granted', () => {
  expect(berth('lab', 'fail', 'host:vnode-103-177').status).toBe(0);
  for (const argv of [['status'], ['audit'], ['get', 'fip']]) {
    const { stdout, stderr } = berth(...argv);
    expect(`${stdout}${stderr}`).toMatch(/assumed.*broken on purpose \(host:vnode-103-177\)/);
  }
  expect(berth('lab', 'heal').status).toBe(0);
});
