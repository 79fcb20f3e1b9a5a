import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { example, floatingIpText, floatingIp as ip } from '../../../tests/support/field-story.ts';
import { berthIn } from '../../../tests/support/own-lab.ts';
import { explanationSchema } from './schema/explanation.ts';
import { statusSchema } from './schema/status.ts';

const [podNode, ...gateways] = ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'] as const;
const soon = { timeout: 60_000, interval: 500 };
let scratch = '';
let folder = '';

const api = `apiVersion: v1
kind: Pod
metadata:
  namespace: default
  name: api
  annotations: { ovn.kubernetes.io/logical_switch: vpc1-subnet1, ovn.kubernetes.io/ip_address: 192.168.0.5 }
spec: { nodeName: ${podNode}, containers: [{ name: api, image: registry.k8s.io/pause }] }
`;

const written = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);

beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'bl-'));
  folder = path.join(scratch, 'story');
  cpSync(example, folder, { recursive: true });
  written('06-api.yaml', api);
  written('05-floating-ip.yaml', floatingIpText('web.default', 'centralized'));
  expect(berth('lab', 'up', '--name', 'lingers', '--nodes', [podNode, ...gateways].join()).status).toBe(0);
  expect(berth('apply', '-f', folder).status).toBe(0);
});
afterAll(() => {
  berth('lab', 'down');
  rmSync(scratch, { recursive: true, force: true });
});

function berth(...argv: readonly string[]) {
  return berthIn(scratch, argv);
}

/** Whether the address answers from outside, asked with a forgotten neighbour entry. */
function isAnswered(): boolean {
  const ask = `ip neigh flush all; ping -c 3 -W 1 ${ip} >/dev/null; ip neigh show ${ip} | grep -c lladdr`;
  return berth('lab', 'exec', 'outside', '--', 'bash', '-c', ask).stdout.trim() !== '0';
}

const findingsSchema = z.object({
  findings: z.array(
    z.object({
      code: z.string(),
      message: z.string(),
      cure: z.string(),
      object: z.object({ name: z.string() }).optional(),
    }),
  ),
});

/** The codes that a command tells, each with what it is about. */
function codesOf(...argv: readonly string[]): readonly string[] {
  return findingsSchema
    .parse(JSON.parse(berth(...argv, '-o', 'json').stdout))
    .findings.map(({ code, object }) => `${code} ${object?.name}`);
}

test('an address that is deleted while its gateway stands still is named, and whoever has it next is not told to work', async () => {
  const [vpc] = statusSchema.parse(JSON.parse(berth('status', '-o', 'json').stdout)).vpcs;
  const active = vpc?.attachments[0]?.gateways.find((each) => each.active)?.node ?? '';
  await expect.poll(isAnswered, soon).toBe(true);
  expect(berth('lab', 'fail', `ovn-controller:${active}`).status).toBe(0);

  rmSync(path.join(folder, '05-floating-ip.yaml'));
  const deleted = berth('apply', '-f', folder, '--yes');
  expect(deleted.stdout).toContain('ovn-fip/web deleted');
  expect(deleted.stderr).toMatch(new RegExp(`${active} stands still .* may go on answering for ${ip}`));
  expect(isAnswered()).toBe(true);
  const lingers = `address-lingers ${active}`;
  expect(codesOf('status')).toEqual(expect.arrayContaining([lingers, `node-frozen ${active}`]));
  expect(codesOf('status')).not.toContain(`chassis-stale ${active}`);
  expect(codesOf('audit')).toContain(lingers);
  expect(codesOf('explain', ip)).toContain(lingers);
  expect(berth('explain', ip)).toMatchObject({
    status: 1,
    stdout: expect.stringContaining('no row of NB has'),
  });

  written('05-floating-ip.yaml', floatingIpText('api.default', 'distributed'));
  const given = berth('apply', '-f', folder);
  expect(given.status).toBe(0);
  expect(given.stderr).toMatch(
    new RegExp(`${active} stands still .*: it may go on answering for ${ip} .* beside ${podNode}`),
  );
  const told = () => explanationSchema.parse(JSON.parse(berth('explain', 'fip/web', '-o', 'json').stdout));
  expect(told().now.addresses[0]).toMatchObject({
    inbound: { outcome: 'unknown', reason: 'address-lingers' },
    outbound: { outcome: 'unknown', reason: 'address-lingers' },
  });
  expect(berth('get', 'fip', 'web', '-o', 'yaml').stdout).toMatch(
    /type: Degraded\s+status: "True"\s+reason: AddressLingers/,
  );
  expect(berth('whatif', '--fail', `host:${active}`).stdout).toContain(`works then, through ${podNode}`);

  expect(berth('lab', 'heal').status).toBe(0);
  await expect.poll(() => told().now.addresses[0]?.inbound?.outcome, soon).toBe('delivered');
  expect(codesOf('status')).toEqual([]);
  rmSync(path.join(folder, '05-floating-ip.yaml'));
  expect(berth('apply', '-f', folder, '--yes').status).toBe(0);
  await expect.poll(isAnswered, soon).toBe(false);
  expect(codesOf('status')).toEqual([]);
});
