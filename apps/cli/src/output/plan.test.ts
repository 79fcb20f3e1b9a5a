import type { Change, Plan } from '@berth/core';
import { rowUuid } from '@berth/core';
import { expect, test } from 'vitest';
import { planSchema } from '../schema/plan.ts';
import { planAnswer } from './plan-answer.ts';
import { planText } from './plan-text.ts';
import { styleOf } from './style.ts';

const fip = { kind: 'OvnFip', name: 'web' };
const key = ['vpc1', 'dnat_and_snat', '10.9.101.9', ''];
const common = {
  db: 'NB',
  table: 'NAT',
  uuid: rowUuid('NAT', key),
  key,
  unit: 'vpc/vpc1',
  interrupts: null,
} as const;

const moved: Change = {
  ...common,
  verb: 'update',
  cause: fip,
  origins: [{ object: fip, field: 'spec.type' }],
  columns: {
    logical_port: { old: 'web.default', new: undefined },
    options: { old: new Map([['stateless', 'true']]), new: new Map() },
  },
  interrupts: { flows: [{ object: fip, externalIp: '10.9.101.9', effect: 'answers from another place' }] },
};
const added: Change = {
  ...common,
  verb: 'insert',
  table: 'Logical_Switch_Port',
  key: ['web.default'],
  cause: { kind: 'IP', name: 'web.default' },
  origins: [{ object: { kind: 'Pod', namespace: 'default', name: 'web' }, field: 'spec.nodeName' }],
  columns: {
    name: { old: undefined, new: 'web.default' },
    addresses: { old: undefined, new: new Set(['16:a9:5d:08:04:05 192.168.0.4']) },
    external_ids: { old: undefined, new: new Map([['berth.dev/owner', 'default']]) },
    tag: { old: undefined, new: undefined },
  },
};
const leftover: Change = {
  ...common,
  verb: 'delete',
  cause: undefined,
  origins: [],
  columns: { type: { old: 'dnat_and_snat', new: undefined } },
};

function planOf(...changes: readonly Change[]): Plan {
  const count = (verb: Change['verb']): number => changes.filter((change) => change.verb === verb).length;
  const interrupting = changes.filter(({ interrupts }) => interrupts).length;
  return {
    changes,
    findings: [],
    summary: {
      insert: count('insert'),
      update: count('update'),
      delete: count('delete'),
      adopt: count('adopt'),
      interrupting,
    },
  };
}

const plain = { style: styleOf(false), columns: undefined };

test('changes stand under the object that causes them, with what changes, whence, and what it interrupts', () => {
  expect(planText(planOf(added, moved, leftover), plain)).toBe(`ip/web.default
  + Logical_Switch_Port  web.default
      addresses 16:a9:5d:08:04:05 192.168.0.4
      from pod/default/web spec.nodeName
ovn-fip/web
  ~ NAT                  vpc1 dnat_and_snat 10.9.101.9
      logical_port web.default -> <none>
      options:stateless true -> <none>
      from spec.type
      interrupts ovn-fip/web 10.9.101.9: answers from another place
left over
  - NAT                  vpc1 dnat_and_snat 10.9.101.9
Plan: 1 to add, 1 to change, 1 to remove. 1 change interrupts traffic.
`);
});

test('a row that is taken over has a sign and a count of its own', () => {
  const text = planText(planOf({ ...moved, verb: 'adopt', interrupts: null }), plain);
  expect(text).toContain('  a NAT  vpc1');
  expect(text).toContain('0 to remove, 1 to adopt. No change interrupts traffic.');
});

test('no difference is one line', () => {
  expect(planText(planOf(), plain)).toBe('Plan: nothing to do, OVN is as it should be.\n');
});

test('no difference beside errors is no change, said plainly', () => {
  expect(planText(planOf(), plain, true)).toBe(
    'Plan: 0 changes. OVN is as it should be, but for what the errors tell.\n',
  );
});

test('on a narrow terminal no line below a change is longer than it', () => {
  const lines = planText(planOf(moved), { ...plain, columns: 40 }).split('\n');
  const below = lines.filter((line) => line.startsWith('      '));
  expect(below.length).toBeGreaterThan(4);
  expect(below.filter((line) => line.length > 40)).toEqual([]);
});

test('the answer is plain JSON of its schema', () => {
  const told = planAnswer(planOf(added, moved, leftover), []);
  expect(planSchema.parse(JSON.parse(JSON.stringify(told)))).toEqual(told);
  expect(told.changes[1]?.columns['options']).toEqual({ old: { stateless: 'true' }, new: {} });
  expect(told.changes[2]).toMatchObject({ verb: 'delete', cause: null, interrupts: null });
  expect(Object.keys(told.changes[0] ?? {})).toEqual([
    'verb',
    'db',
    'table',
    'uuid',
    'key',
    'cause',
    'origins',
    'columns',
    'interrupts',
  ]);
});
