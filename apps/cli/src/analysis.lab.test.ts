import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { berthIn } from '../../../tests/support/own-lab.ts';
import { explanationSchema } from './schema/explanation.ts';
import { probeSchema } from './schema/probe.ts';
import { whatIfSchema } from './schema/whatif.ts';

const root = path.join(import.meta.dirname, '../../..');
const podNode = 'vnode-103-176';
const gateways = ['vnode-103-177', 'vnode-117-46'] as const;
const bothDie = gateways.map((node) => `host:${node}`).join();
let scratch = '';
let folder = '';

beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'ba-'));
  folder = path.join(scratch, 'story');
  cpSync(path.join(root, 'examples/01-field-story'), folder, { recursive: true });
  expect(berth('lab', 'up', '--name', 'why', '--nodes', [podNode, ...gateways].join()).status).toBe(0);
});
afterAll(() => {
  berth('lab', 'down');
  rmSync(scratch, { recursive: true, force: true });
});

function berth(...argv: readonly string[]) {
  return berthIn(scratch, argv);
}

const explanation = (target: string) =>
  explanationSchema.parse(JSON.parse(berth('explain', target, '-o', 'json').stdout));

/** What is predicted when both gateways die, and what packets say then. */
function bothGatewaysDie() {
  const asked = berth('whatif', '--fail', bothDie, 'fip/web', '-o', 'json');
  const told = whatIfSchema.parse(JSON.parse(asked.stdout));
  const [inbound] = told.scenarios.flatMap(({ flows }) =>
    flows.filter(({ direction }) => direction === 'inbound'),
  );
  berth('lab', 'fail', bothDie);
  const probed = probeSchema.parse(JSON.parse(berth('probe', 'fip/web', '-o', 'json').stdout));
  berth('lab', 'heal');
  return { exitCode: asked.status, predicted: inbound?.after, probed };
}

test('explain says why the address survives both gateways, and packets agree', () => {
  expect(berth('apply', '-f', folder).status).toBe(0);
  const told = explanation('fip/web');
  expect(told).toMatchObject({
    placement: { effective: 'distributed', wanted: 'distributed', decidedBy: [] },
    berth: { node: podNode, how: 'derived' },
    now: { outcome: 'delivered' },
  });
  expect(told.inbound.flatMap(({ origins }) => origins)).toContainEqual({
    object: { kind: 'OvnFip', name: 'web' },
    field: 'spec.ovnEip',
  });
  const { stdout } = berth('explain', '10.9.101.9');
  expect(stdout).toContain(`any gateway node: ${gateways.join(', ')}: both may die at once`);
  expect(stdout).toContain('set spec.type: centralized on ovn-fip/web');
  expect(stdout.split('\n').length).toBeLessThan(40);
  expect(bothGatewaysDie()).toMatchObject({
    exitCode: 0,
    predicted: { outcome: 'delivered', berth: podNode },
    probed: { reachable: true, answers: [{ node: podNode }] },
  });
});

test('done as it says, the address stops with both gateways', () => {
  const file = path.join(folder, '05-floating-ip.yaml');
  writeFileSync(file, `${readFileSync(file, 'utf8').trimEnd()}\n  type: centralized\n`);
  expect(berth('apply', '-f', folder).status).toBe(0);
  const told = explanation('fip/web');
  expect(gateways).toContain(told.berth?.node);
  expect(told.placement).toMatchObject({
    effective: 'centralized',
    decidedBy: [{ object: { kind: 'OvnFip', name: 'web' }, field: 'spec.type' }],
  });
  expect(told.dependsOn).toContainEqual(
    expect.objectContaining({ failures: gateways.map((node) => `host:${node}`), effect: 'lost' }),
  );
  const seen = bothGatewaysDie();
  expect(seen).toMatchObject({ exitCode: 1, predicted: { outcome: 'lost' } });
  expect(seen.probed).toMatchObject({ reachable: false, answers: [{ node: null }] });
});

test('a bundle of it says the same, with the fields behind it', async () => {
  // The gateways were healed just now: until their tunnels' BFD is up, either may claim the port, or nobody.
  let looksAlike = 0;
  let before = '';
  const countAlike = (): number => {
    const now = berth('explain', 'fip/web').stdout;
    looksAlike = now === before && now.includes('works, in and out') ? looksAlike + 1 : 0;
    before = now;
    return looksAlike;
  };
  await expect.poll(countAlike, { timeout: 60_000, interval: 1_000 }).toBeGreaterThan(2);
  const file = path.join(scratch, 'ovn.bundle');
  expect(berth('bundle', file).status).toBe(0);
  expect(berth('explain', 'fip/web', '--bundle', file)).toEqual(berth('explain', 'fip/web'));
  expect(berth('explain', 'fip/web', '--bundle', file).stdout).toContain('by ovn-fip/web spec.type');
});

test('a gateway node that is cordoned is told wherever it matters', () => {
  const file = path.join(folder, '01-nodes.yaml');
  const [gateway] = gateways;
  const text = readFileSync(file, 'utf8');
  const cordoned = text
    .split('---\n')
    .map((node) => (node.includes(`name: ${gateway}\n`) ? `${node}spec:\n  unschedulable: true\n` : node));
  writeFileSync(file, cordoned.join('---\n'));
  expect(berth('apply', '-f', folder).status).toBe(0);
  const told = [
    ['status'],
    ['explain', 'fip/web'],
    ['explain', `node/${gateway}`],
    ['audit'],
    ['whatif', '--each', 'host'],
  ].map((argv) => {
    const { stdout, stderr } = berth(...argv);
    return `${stdout}${stderr}`.includes(`gateway node ${gateway} is cordoned`);
  });
  expect(told).toEqual(Array(5).fill(true));
  expect(berth('explain', `node/${podNode}`).stdout).not.toContain('cordoned');
});
