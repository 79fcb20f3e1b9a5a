import { formerKey, ownerKey } from '@berth/api';
import { type NbTables, nbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { describe, expect, it } from 'vitest';
import { compiledTables } from '../compile/compile.ts';
import { mapOf, rowOf, setOf } from '../compile/row-of.ts';
import { carryOut, planNb } from '../testing/program.ts';
import { giveBack } from './give-back.ts';

const cause = { kind: 'Vpc', name: 'vpc1' };
const uuid = '11111111-1111-4111-8111-111111111111' as Uuid;

const router = (options: Readonly<Record<string, string>>) =>
  rowOf('Logical_Router', {
    unit: 'vpc/vpc1',
    cause,
    columns: { name: 'vpc1', options: mapOf(options), external_ids: mapOf({ lr: 'vpc1' }) },
  });
const found = (options: Readonly<Record<string, string>>) =>
  snapshotOf<NbTables>(nbSchema, {
    Logical_Router: [
      { _uuid: uuid, name: 'vpc1', options: mapOf(options), external_ids: mapOf({ vendor: 'kube-ovn' }) },
    ],
  });
const undo = (observed: ReturnType<typeof found>) =>
  giveBack({ db: 'NB', desired: [], observed, tables: compiledTables, instance: 'default' });

describe('giving back', () => {
  it('restores what taking over changed, and takes every mark off', () => {
    const before = found({ old: 'yes' });
    const taken = carryOut(planNb([router({ new: 'yes' })], before, true), before);
    const [row] = taken.table('Logical_Router');
    expect(row?.external_ids.get(ownerKey)).toBe('default');
    expect(planNb([router({ new: 'yes' })], taken).changes).toEqual([]);
    const after = carryOut(undo(taken), taken);
    expect([...after.table('Logical_Router')]).toEqual([...before.table('Logical_Router')]);
  });

  it('leaves a column that was changed again since as it is', () => {
    const before = found({ old: 'yes' });
    const taken = carryOut(planNb([router({ new: 'yes' })], before, true), before);
    const changed = carryOut(planNb([router({ newer: 'yes' })], taken), taken);
    expect([...changed.table('Logical_Router')][0]?.external_ids.has(formerKey)).toBe(true);
    const [row] = carryOut(undo(changed), changed).table('Logical_Router');
    expect(row?.options).toEqual(mapOf({ newer: 'yes' }));
    expect(row?.external_ids).toEqual(mapOf({ vendor: 'kube-ovn' }));
  });

  it('removes keepers and witnesses, and unmarks other rows of ours', () => {
    const lr = router({});
    const port = rowOf('Logical_Router_Port', {
      unit: 'vpc/vpc1',
      cause,
      parent: lr,
      columns: {
        name: 'p',
        mac: '02:00:00:00:00:01',
        networks: setOf('10.0.0.1/24'),
        external_ids: mapOf({}),
      },
    });
    const keeper = rowOf('Gateway_Chassis', {
      unit: 'vpc/vpc1',
      cause,
      parent: port,
      columns: { name: 'p-k', chassis_name: 'berth-keeper', priority: 0, external_ids: mapOf({}) },
    });
    const before = found({});
    const taken = carryOut(planNb([lr, port, keeper], before, true), before);
    const plan = undo(taken);
    expect(plan.changes.map(({ verb, table }) => `${verb} ${table}`)).toEqual([
      'update Logical_Router',
      'update Logical_Router_Port',
      'delete Gateway_Chassis',
    ]);
    const after = carryOut(plan, taken);
    expect([...after.table('Logical_Router_Port')].map(({ external_ids }) => external_ids.size)).toEqual([0]);
    expect(after.table('Gateway_Chassis').size).toBe(0);
  });
});
