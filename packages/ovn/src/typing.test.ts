import type { Database, Replica, RowEvent } from '@berth/ovsdb';
import type { Ref, Snapshot, TableSnapshot, Uuid } from '@berth/ovsdb/value';
import { expectTypeOf, test } from 'vitest';
import type { Nb, NbTables, OvsTables, SbTables } from './index.ts';

declare const db: Database<NbTables>;

test('enums, optionals, sets, maps and references have their types', () => {
  expectTypeOf<Nb.NAT['type']>().toEqualTypeOf<'dnat' | 'snat' | 'dnat_and_snat'>();
  expectTypeOf<Nb.NAT['logical_port']>().toEqualTypeOf<string | undefined>();
  expectTypeOf<Nb.NAT['options']>().toEqualTypeOf<ReadonlyMap<string, string>>();
  expectTypeOf<Nb.NAT['gateway_port']>().toEqualTypeOf<Ref<'Logical_Router_Port'> | undefined>();
  expectTypeOf<Nb.Logical_Router['nat']>().toEqualTypeOf<ReadonlySet<Ref<'NAT'>>>();
  expectTypeOf<SbTables['Port_Binding']['chassis']>().toEqualTypeOf<Ref<'Chassis'> | undefined>();
  expectTypeOf<OvsTables['Interface']['statistics']>().toEqualTypeOf<ReadonlyMap<string, number>>();
});

test('a plain UUID may stand for a reference, and a reference for a plain UUID', () => {
  expectTypeOf<Uuid>().toExtend<Ref<'NAT'>>();
  expectTypeOf<Ref<'NAT'>>().toExtend<Uuid>();
  expectTypeOf<Ref<'NAT'>>().not.toExtend<Ref<'Chassis'>>();
});

test('a replica has the tables and columns that were asked for', () => {
  const all = () => db.monitor({ tables: 'all' });
  expectTypeOf<Awaited<ReturnType<typeof all>>>().toEqualTypeOf<Replica<NbTables>>();

  const some = () => db.monitor({ tables: { NAT: 'all', Logical_Router: ['name', 'nat'] } });
  type Some = Awaited<ReturnType<typeof some>>;
  type SomeSnapshot = ReturnType<Some['snapshot']>;
  const routers = (snapshot: SomeSnapshot) => snapshot.table('Logical_Router');
  const nats = (snapshot: SomeSnapshot) => snapshot.table('NAT');
  expectTypeOf<ReturnType<typeof routers>>().toExtend<
    TableSnapshot<Pick<Nb.Logical_Router, '_uuid' | 'name' | 'nat'>>
  >();
  expectTypeOf<ReturnType<typeof routers>>().not.toExtend<TableSnapshot<Nb.Logical_Router>>();
  expectTypeOf<ReturnType<typeof nats>>().toExtend<TableSnapshot<Nb.NAT>>();
  // @ts-expect-error the table was not asked for
  expectTypeOf((snapshot: SomeSnapshot) => snapshot.table('ACL')).toBeFunction();
  // @ts-expect-error there is no such column
  expectTypeOf(() => db.monitor({ tables: { NAT: ['none'] } })).toBeFunction();
  // @ts-expect-error there is no such table
  expectTypeOf(() => db.monitor({ tables: { Nat: 'all' } })).toBeFunction();
});

test('a snapshot of more tables and columns serves where fewer are read', () => {
  expectTypeOf<Snapshot<NbTables>>().toExtend<Snapshot<Pick<NbTables, 'NAT' | 'Logical_Router'>>>();
  expectTypeOf<Snapshot<NbTables>>().toExtend<Snapshot<{ readonly NAT: Pick<Nb.NAT, '_uuid' | 'type'> }>>();
  expectTypeOf<Snapshot<NbTables>>().toExtend<Snapshot>();
  expectTypeOf<Snapshot<Pick<NbTables, 'NAT'>>>().not.toExtend<Snapshot<NbTables>>();
});

test('an event tells its table and row type together', () => {
  const addressOf = (event: RowEvent<NbTables>) =>
    event.table === 'NAT' && event.kind !== 'delete' ? event.after.external_ip : undefined;
  expectTypeOf<ReturnType<typeof addressOf>>().toEqualTypeOf<string | undefined>();
});
