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
      /outbound +default\/app +tcp 10\.9\.101\.1 \d+ +reachable +1\/1 +10\.9\.101\.20/,
    ),
  });
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
  const flows = probe('fip/web').flows.map(({ direction, protocol, seenAs }) => [
    direction,
    protocol,
    seenAs,
  ]);
  expect(flows).toEqual([
    ['inbound', 'icmp', null],
    ['outbound', 'icmp', '10.9.101.40'],
  ]);
});
