import { type Change, type Plan, plan, rowOf, rowUuid } from '@berth/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Bench, openController, startBench } from '../testing/bench.ts';
import { checkPlan } from './check-plan.ts';
import { writePlan } from './write-plan.ts';

const example = new URL('../../../../examples/01-field-story', import.meta.url).pathname;

let bench: Bench;
let controller: Awaited<ReturnType<typeof openController>>;

beforeEach(async () => {
  bench = await startBench(example, ['vnode-103-176'], 'external0');
  controller = await openController(bench);
});
afterEach(async () => {
  await controller[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

function routerNames(): readonly string[] {
  return [...controller.ovn.northbound.snapshot().table('Logical_Router')].map(({ name }) => name).sort();
}

/** A plan that makes these routers, each a unit of its own. */
function planFor(names: readonly string[]): Plan {
  const desired = names.map((name) =>
    rowOf('Logical_Router', { unit: `vpc/${name}`, cause: { kind: 'Vpc', name }, columns: { name } }),
  );
  const observed = controller.ovn.northbound.snapshot();
  return plan({ db: 'NB', desired, observed, tables: new Set(['Logical_Router']), instance: 'default' });
}

test('all units go in one transaction', async () => {
  const written = await writePlan(planFor(['a', 'b', 'c']), controller.fence);
  expect(written).toEqual({ transactions: 1, changes: 3, findings: [] });
  expect(routerNames()).toEqual(['a', 'b', 'c']);
});

test('a unit that the database refuses is a finding on its object and blocks no other', async () => {
  const stale = planFor(['a', 'b', 'c']);
  // Somebody was faster: the row is there by the time the plan is written.
  await controller.ovn.nb.transact([
    { op: 'insert', table: 'Logical_Router', uuid: rowUuid('Logical_Router', ['b']), row: { name: 'b' } },
  ]);
  const { findings } = await writePlan(stale, controller.fence);
  expect(findings.map(({ code, object }) => [code, object])).toEqual([
    ['transaction-refused', { kind: 'Vpc', name: 'b' }],
  ]);
  expect(routerNames()).toEqual(['a', 'b', 'c']);
});

test('what waits with a change that the database refused is told as well, with what it waits for', async () => {
  const router = rowOf('Logical_Router', {
    unit: 'vpc/a',
    cause: { kind: 'Vpc', name: 'a' },
    columns: { name: 'a' },
  });
  const nat = rowOf('NAT', {
    unit: 'vpc/a',
    cause: { kind: 'OvnFip', name: 'f' },
    parent: router,
    columns: { type: 'dnat_and_snat', external_ip: '10.0.0.9', logical_ip: '192.168.0.4' },
  });
  const observed = controller.ovn.northbound.snapshot();
  const wanted = plan({
    ...{ db: 'NB', desired: [router, nat], observed, instance: 'default' },
    tables: new Set(['Logical_Router', 'NAT']),
  });
  const spoilt = wanted.changes.map((change) =>
    change.table === 'NAT'
      ? { ...change, columns: { ...change.columns, options: { old: undefined, new: 7 } } }
      : change,
  );
  const { findings } = await writePlan({ ...wanted, changes: spoilt }, controller.fence);
  expect(findings.map(({ code, object }) => [code, object?.kind])).toEqual([
    ['transaction-refused', expect.any(String)],
    ['transaction-refused', expect.any(String)],
  ]);
  expect(new Set(findings.map(({ object }) => object?.name))).toEqual(new Set(['a', 'f']));
  expect(findings[1]?.message).toContain('it waits because');
  expect(findings[1]?.related).toEqual([findings[0]?.object]);
});

test('a value that no column can hold is a finding as well', async () => {
  const wanted = planFor(['a', 'b']);
  const spoil = (change: Change): Change =>
    change.key[0] === 'a'
      ? { ...change, columns: { ...change.columns, options: { old: undefined, new: 7 } } }
      : change;
  const { findings } = await writePlan({ ...wanted, changes: wanted.changes.map(spoil) }, controller.fence);
  expect(findings.map(({ code, object }) => [code, object?.name])).toEqual([['transaction-refused', 'a']]);
  expect(routerNames()).toEqual(['b']);
});

test('what the database would refuse is known before it is asked', async () => {
  const observed = controller.ovn.northbound.snapshot();
  const wanted = planFor(['a', 'b']);
  expect(checkPlan(wanted, observed)).toEqual([]);
  const twice = { ...wanted, changes: [...wanted.changes, ...wanted.changes.slice(1)] };
  expect(checkPlan(twice, observed).map(({ code, object }) => [code, object?.kind])).toEqual([
    ['transaction-refused', 'Vpc'],
  ]);
  const { findings } = await writePlan(twice, controller.fence);
  expect(findings.map(({ code }) => code)).toEqual(['transaction-refused']);
});
