import { ownerKey } from '@berth/api';
import { type NbTables, nbSchema } from '@berth/ovn';
import { PersistentSet, type Snapshot, snapshotOf, type Uuid } from '@berth/ovsdb/value';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { foreignAddressesOf } from './foreign-addresses.ts';
import { addressesOf, type HoldingRow, holdsForeign } from './foreign-holder.ts';

type Nb = Snapshot<NbTables>;

const uuidOf = (kind: number, place: number): Uuid =>
  `00000000-0000-4000-8000-0000000000${kind}${place}` as Uuid;

/** Some of some rows, as a reference set has them: a small set and a large one are of different classes. */
const refs = (kind: number, count: number) =>
  fc
    .record({ places: fc.subarray(Array.from({ length: count }, (_, at) => at)), isLarge: fc.boolean() })
    .map(({ places, isLarge }) => {
      const uuids = places.map((place) => uuidOf(kind, place));
      return isLarge ? PersistentSet.of(uuids) : new Set(uuids);
    });
const external_ids = fc.constantFrom(new Map(), new Map([[ownerKey, 'default']]));
const ip = fc.constantFrom('10.0.0.3', '10.0.0.4', '10.0.0.5');
const portName = fc.constantFrom('r-s', 'r-t');

/** Up to so many rows of one kind, each of which may be away; sets hold them all the same, as a row that went takes its references along only in OVN. */
function rows<Row extends object>(kind: number, count: number, row: fc.Arbitrary<Row>) {
  return fc
    .array(fc.option(row, { freq: 4 }), { minLength: count, maxLength: count })
    .map((all) => all.flatMap((each, place) => (each ? [{ _uuid: uuidOf(kind, place), ...each }] : [])));
}

/** What somebody may leave of switches and routers: two may have one name, and share what they hold. */
const northbound = fc.record({
  Logical_Switch: rows(0, 3, fc.record({ name: fc.constantFrom('s', 't'), ports: refs(1, 5) })),
  Logical_Switch_Port: rows(
    1,
    5,
    fc.oneof(
      fc.record({
        name: fc.constantFrom('p', 'q'),
        external_ids,
        addresses: ip.map((each) => new Set([`0a:00:00:00:00:01 ${each}`])),
      }),
      fc.record({
        ...{ type: fc.constant('router'), external_ids, addresses: fc.constant(new Set(['router'])) },
        options: portName.map((name) => new Map([['router-port', name]])),
      }),
    ),
  ),
  Logical_Router: rows(
    2,
    3,
    fc.record({
      name: fc.constantFrom('a', 'b'),
      ...{ ports: refs(3, 3), nat: refs(4, 3), load_balancer: refs(5, 2) },
      load_balancer_group: refs(6, 2),
    }),
  ),
  Logical_Router_Port: rows(
    3,
    3,
    fc.record({ name: portName, external_ids, networks: ip.map((each) => new Set([`${each}/24`])) }),
  ),
  NAT: rows(4, 3, fc.record({ type: fc.constant('snat'), external_ids, external_ip: ip })),
  Load_Balancer_Group: rows(6, 2, fc.record({ load_balancer: refs(5, 2) })),
  Load_Balancer: rows(
    5,
    2,
    fc.record({
      name: fc.constantFrom('lb', 'p'),
      external_ids,
      vips: ip.map((each) => new Map([[`${each}:80`, '1.1.1.1:80']])),
    }),
  ),
});

/** Every address as it is meant to be told, by looking at all of everything. */
function expected(nb: Nb): ReadonlySet<string> {
  const told = new Set<string>();
  const tell = (
    switchName: string,
    table: Parameters<typeof holdsForeign>[0],
    held: ReadonlySet<Uuid>,
    router?: string,
  ) => {
    for (const uuid of held) {
      const row = nb.table(table).get(uuid) as HoldingRow | undefined;
      if (row && holdsForeign(table, row))
        for (const each of addressesOf(table, row))
          told.add(`${switchName} ${each} ${table} ${uuid} ${router}`);
    }
  };
  for (const { name, ports } of nb.table('Logical_Switch')) {
    tell(name, 'Logical_Switch_Port', ports);
    const links = [...ports].map((uuid) =>
      nb.table('Logical_Switch_Port').get(uuid)?.options.get('router-port'),
    );
    for (const router of nb.table('Logical_Router')) {
      const isLinked = (uuid: Uuid) => links.includes(nb.table('Logical_Router_Port').get(uuid)?.name ?? '-');
      const linked = new Set([...router.ports].filter(isLinked));
      tell(name, 'Logical_Router_Port', linked, router.name);
      if (linked.size === 0) continue;
      tell(name, 'NAT', router.nat, router.name);
      const groups = [...router.load_balancer_group].flatMap(
        (uuid) => nb.table('Load_Balancer_Group').get(uuid) ?? [],
      );
      const grouped = groups.flatMap(({ load_balancer }) => [...load_balancer]);
      tell(name, 'Load_Balancer', new Set([...router.load_balancer, ...grouped]), router.name);
    }
  }
  return told;
}

function found(of: ReturnType<typeof foreignAddressesOf>): ReadonlySet<string> {
  const lines = [...of].flatMap(([name, addresses]) =>
    [...addresses].flatMap(([each, holders]) =>
      holders.map(({ table, row, router }) => `${name} ${each} ${table} ${row} ${router}`),
    ),
  );
  return new Set(lines);
}

it('is of what changed as of everything, and as a look at everything tells', () => {
  fc.assert(
    fc.property(fc.array(northbound, { minLength: 2 }), (moments) => {
      const schema = { ...nbSchema };
      for (const moment of moments) {
        const made = (of: typeof nbSchema) =>
          snapshotOf<NbTables>(of, moment as Parameters<typeof snapshotOf<NbTables>>[1]);
        const followed = foreignAddressesOf(made(schema));
        expect(found(followed)).toEqual(expected(made(schema)));
        expect([...followed]).toEqual([...foreignAddressesOf(made({ ...nbSchema }))]);
      }
    }),
  );
});
