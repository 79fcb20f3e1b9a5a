import { originKey, ownerKey, resourcesIn } from '@berth/api';
import { type NbTables, nbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { describe, expect, it } from 'vitest';
import type { DesiredRow } from '../compile/row.ts';
import { fieldFabric, fieldStory, fieldStoryWith } from '../testing/field-story.ts';
import { carryOut, damaged, desiredRows, emptyNb, type Nb, planNb, programmed } from '../testing/program.ts';
import { eip, fip, ip, subnet } from '../testing/resources.ts';
import { settle } from '../testing/settle.ts';
import type { Change, Plan } from './change.ts';
import { operations } from './operations.ts';
import { plan } from './plan.ts';

const story = desiredRows(fieldStory, fieldFabric);
const nb = programmed(fieldStory, fieldFabric);

/** `update NAT vpc1 … : external_mac`: the changes of a plan as lines. */
function lines({ changes }: Pick<Plan, 'changes'>): readonly string[] {
  return changes.map(({ verb, table, key, columns }) => {
    const what = verb === 'update' || verb === 'adopt' ? `: ${Object.keys(columns).join(' ')}` : '';
    return `${verb} ${table} ${key.filter((part) => part !== '').join(' ')}${what}`;
  });
}

const uuid = (text: string): Uuid => text as Uuid;
const handMade = uuid('00000000-0000-4000-8000-00000000000a');

describe('moves', () => {
  const second = subnet('vpc1-subnet2', { vpc: 'vpc1', cidrBlock: '192.168.1.0/24' });
  const db = (name: string) => ip('db', { subnet: name, macAddress: '0a:00:00:00:00:01' });
  const before = programmed(fieldStoryWith(second, db('vpc1-subnet1')), fieldFabric);

  it('of a port to another switch keep the row and move the reference', () => {
    const made = planNb(desiredRows(fieldStoryWith(second, db('vpc1-subnet2')), fieldFabric), before);
    expect(lines(made)).toEqual(['update Logical_Switch_Port db: addresses external_ids']);
    expect(operations(made.changes).map(({ op, ...rest }) => [op, 'table' in rest && rest.table])).toEqual([
      ['update', 'Logical_Switch_Port'],
      ['mutate', 'Logical_Switch_Port'],
      ['mutate', 'Logical_Switch'],
      ['mutate', 'Logical_Switch'],
    ]);
    const after = carryOut(made, before);
    const holders = [...after.table('Logical_Switch')].filter(({ ports }) =>
      ports.has(made.changes[0]?.uuid ?? uuid('')),
    );
    expect(holders.map(({ name }) => name)).toEqual(['vpc1-subnet2']);
  });

  it('away from a switch that goes need no mutation of that switch', () => {
    const target = desiredRows(
      fieldStoryWith(second, db('vpc1-subnet2')).filter(
        ({ metadata }) => !['vpc1-subnet1', 'web'].includes(metadata.name),
      ),
      fieldFabric,
    );
    const made = planNb(target, before);
    const mutated = operations(made.changes).flatMap((each) =>
      each.op === 'mutate' && each.table === 'Logical_Switch' ? [each.where[0]?.[2]] : [],
    );
    const after = carryOut(made, before);
    expect([...after.table('Logical_Switch')].map(({ name }) => name).sort()).toEqual([
      'external0',
      'vpc1-subnet2',
    ]);
    expect(mutated).toEqual(
      [...after.table('Logical_Switch')]
        .filter(({ name }) => name === 'vpc1-subnet2')
        .map(({ _uuid }) => _uuid),
    );
    expect([...after.table('Logical_Switch_Port')].map(({ name }) => name)).toContain('db');
  });
});

describe('operations', () => {
  it('are one per row that changes and one per set of references, whatever the number of references', () => {
    const many = Array.from({ length: 20 }, (_, index) => [
      eip(`e${index}`, { externalSubnet: 'external0' }),
      fip(`f${index}`, { ovnEip: `e${index}`, vpc: 'vpc1', v4Ip: `192.168.0.${100 + index}` }),
    ]).flat();
    const stored = resourcesIn(settle(fieldStory, fieldFabric).resources);
    const made = planNb(desiredRows([...stored, ...many], fieldFabric), nb);
    expect(made.summary.insert).toBe(20);
    expect(operations(made.changes).map(({ op }) => op)).toEqual([...Array(20).fill('insert'), 'mutate']);
  });

  it('on a fresh NB are inserts alone', () => {
    const ops = operations(planNb(story, emptyNb).changes);
    expect(ops.map(({ op }) => op)).toEqual(story.map(() => 'insert'));
  });

  it('touch only our keys of a shared map', () => {
    const noted = damaged(nb, (table, row) =>
      table === 'Logical_Router'
        ? {
            ...row,
            external_ids: new Map([
              ['theirs', 'x'],
              [ownerKey, 'default'],
              [originKey, 'vpc/old'],
            ]),
          }
        : row,
    );
    const [change] = planNb(story, noted).changes;
    expect(operations(change ? [change] : [])).toMatchObject([
      {
        op: 'mutate',
        mutations: [
          ['external_ids', 'delete', new Set([originKey])],
          ['external_ids', 'insert', new Map([[originKey, 'vpc/vpc1']])],
        ],
      },
    ]);
  });
});

describe('a parent outside the tables of the plan', () => {
  const root = uuid('00000000-0000-4000-8000-0000000000ff');
  const child: DesiredRow = {
    table: 'Logical_Switch_Port',
    uuid: handMade,
    key: ['p'],
    unit: 'u',
    columns: { name: 'p' },
    parent: { table: 'Logical_Switch', uuid: root, column: 'ports' },
    cause: { kind: 'IP', name: 'p' },
    origins: [],
  };
  const tables = new Set(['Logical_Switch_Port']);

  it('holds new rows if it exists, and else they wait', () => {
    const made = (observed: Nb): readonly Change[] =>
      plan({ db: 'NB', desired: [child], observed, tables, instance: 'default' }).changes;
    const there = snapshotOf<NbTables>(nbSchema, { Logical_Switch: [{ _uuid: root, name: 's' }] });
    expect(made(there).map(({ verb }) => verb)).toEqual(['insert']);
    expect(made(emptyNb)).toEqual([]);
  });
});
