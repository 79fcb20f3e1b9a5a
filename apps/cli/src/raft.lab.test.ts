import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { berthIn } from '../../../tests/support/own-lab.ts';
import { explanationSchema } from './schema/explanation.ts';
import { whatIfSchema } from './schema/whatif.ts';

const root = path.join(import.meta.dirname, '../../..');
const nodes = ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'] as const;
let scratch = '';

function berth(...argv: readonly string[]) {
  return berthIn(scratch, argv);
}

beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'br-'));
  expect(berth('lab', 'up', '--raft', '--nodes', nodes.join())).toMatchObject({ status: 0 });
  expect(berth('apply', '-f', path.join(root, 'examples/01-field-story'))).toMatchObject({ status: 0 });
});

afterAll(() => {
  berth('lab', 'down');
  rmSync(scratch, { recursive: true, force: true });
});

test('hosts take the members of SB with them, and that is no longer assumed', () => {
  const asked = berth('whatif', '--fail', `host:${nodes[1]},host:${nodes[2]}`, '-o', 'json');
  const told = whatIfSchema.parse(JSON.parse(asked.stdout));
  expect(told.assumptions).toContainEqual(expect.stringContaining(`a cluster of 3 (${nodes.join(', ')})`));
  expect(told.assumptions.some((each) => each.includes('where NB, SB and northd run is not known'))).toBe(
    false,
  );
  // Packets of the distributed address go on without.
  expect(told.scenarios[0]?.flows[0]).toMatchObject({ after: { outcome: 'delivered' } });
});

test('without a majority nothing is told from what a member has by itself', async () => {
  expect(berth('explain', 'fip/web').status).toBe(0);
  expect(berth('lab', 'fail', `host:${nodes[1]},host:${nodes[2]}`)).toMatchObject({ status: 0 });
  // A leader finds out by itself that nobody follows: after its election timer, a second or two.
  await expect.poll(() => berth('explain', 'fip/web').status).toBe(2);
  for (const argv of [['whatif', '--each', 'host'], ['audit'], ['probe', 'fip/web']])
    expect(berth(...argv)).toMatchObject({ status: 2, stdout: '' });
  const plan = berth('plan', '-f', path.join(root, 'examples/01-field-story'));
  expect(plan).toMatchObject({ status: 2, stdout: '' });
  // A file of the member that is left is what the user asked for.
  const home = path.join(scratch, 'berth/labs/lab/nodes', nodes[0]);
  const files = ['--nb', path.join(home, 'ovnnb_db.db'), '--sb', path.join(home, 'ovnsb_db.db')];
  const told = berth('explain', '10.9.101.9', ...files, '-o', 'json');
  expect(told.status).toBe(0);
  expect(explanationSchema.parse(JSON.parse(told.stdout)).berth).toMatchObject({ node: nodes[0] });
});
