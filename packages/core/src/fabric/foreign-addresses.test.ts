import { ownerKey } from '@berth/api';
import { type NbTables, nbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { describe, expect, it } from 'vitest';
import { damaged } from '../testing/program.ts';
import { foreignAddressesOf } from './foreign-addresses.ts';

const uuid = (digit: string): Uuid => `00000000-0000-4000-8000-00000000000${digit}` as Uuid;
const owned = new Map([[ownerKey, 'default']]);

type Port = Partial<NbTables['Logical_Switch_Port']>;

/** `10.0.0.9: odd` for every address of a switch whose ports these are. */
function told(...ports: readonly Port[]): readonly string[] {
  const nb = snapshotOf<NbTables>(nbSchema, {
    Logical_Switch: [
      { name: 'empty' },
      { name: 's', ports: new Set(ports.map((_, place) => uuid(`${place}`))) },
    ],
    Logical_Switch_Port: ports.map((port, place) => ({ _uuid: uuid(`${place}`), ...port })),
  } as Parameters<typeof snapshotOf<NbTables>>[1]);
  expect(foreignAddressesOf(nb)).toBe(foreignAddressesOf(nb));
  expect([...foreignAddressesOf(nb).keys()].filter((name) => name !== 's')).toEqual([]);
  return [...(foreignAddressesOf(nb).get('s') ?? [])]
    .map(([ip, holders]) => `${ip}: ${holders.map(({ name }) => name).join()}`)
    .sort();
}

describe('the addresses of ports of others', () => {
  it('are those of rows without a mark of ours, in every form that NB has', () => {
    expect(
      told(
        { name: 'odd2', addresses: new Set(['00:00:00:AA:BB:98 10.30.0.6 FD00:0::6']) },
        { name: 'given', addresses: new Set(['dynamic']), dynamic_addresses: '0a:00:00:00:00:01 10.30.0.7' },
        { name: 'ours', addresses: new Set(['0a:00:00:00:00:02 10.30.0.8']), external_ids: owned },
        { name: 'open', addresses: new Set(['unknown']) },
      ),
    ).toEqual(['10.30.0.6: odd2', '10.30.0.7: given', 'fd00::6: odd2']);
  });

  it('are each of all who have one, by name', () => {
    const addresses = new Set(['0a:00:00:00:00:02 10.30.0.8']);
    expect(told({ name: 'b', addresses }, { name: 'a', addresses })).toEqual(['10.30.0.8: a,b']);
  });

  it('are not those of a router, whose port on the switch only leads to it', () => {
    expect(told({ name: 'r', type: 'router', addresses: new Set(['0a:00:00:00:00:02 10.30.0.8']) })).toEqual(
      [],
    );
  });
});

it('is the very same while ports of others are, and follows what changes', () => {
  const row = (place: string, port: Port) => ({ _uuid: uuid(place), name: place, ...port });
  const foreign = (ip: string) => row('1', { addresses: new Set([`0a:00:00:00:00:01 ${ip}`]) });
  const own = row('2', { addresses: new Set(['0a:00:00:00:00:02 10.0.0.2']), external_ids: owned });
  const held = (...ports: readonly ReturnType<typeof row>[]) =>
    foreignAddressesOf(
      snapshotOf<NbTables>(nbSchema, {
        Logical_Switch: [{ _uuid: uuid('9'), name: 's', ports: new Set([uuid('1'), uuid('2')]) }],
        Logical_Switch_Port: ports,
      } as Parameters<typeof snapshotOf<NbTables>>[1]),
    );
  const addresses = (found: ReturnType<typeof held>) => [...(found.get('s')?.keys() ?? [])];
  const none = held(own);
  expect(held({ ...own, up: true })).toBe(none);
  expect(addresses(held(own, foreign('10.0.0.3')))).toEqual(['10.0.0.3']);
  expect(addresses(held(own, foreign('10.0.0.4')))).toEqual(['10.0.0.4']);
  expect(addresses(held(own, { ...foreign('10.0.0.4'), external_ids: owned }))).toEqual([]);
  expect(addresses(held(own, foreign('10.0.0.4')))).toEqual(['10.0.0.4']);
  expect(addresses(held(own))).toEqual([]);
});

describe('the addresses of routers of others', () => {
  const [router, port, link, nat, balancer, own] = ['a', 'b', 'c', 'd', 'e', 'f'].map(uuid) as [
    Uuid,
    Uuid,
    Uuid,
    Uuid,
    Uuid,
    Uuid,
  ];
  type Rows = { readonly [Table in keyof NbTables]?: readonly Partial<NbTables[Table]>[] };
  const rows = (change: Rows = {}): Rows => ({
    Logical_Switch: [{ name: 'external', ports: new Set([link]) }, { name: 'inside' }],
    Logical_Switch_Port: [
      {
        _uuid: link,
        name: 'external-r',
        type: 'router',
        addresses: new Set(['router']),
        options: new Map([['router-port', 'r-external']]),
      },
    ],
    Logical_Router: [
      {
        _uuid: router,
        name: 'r',
        ports: new Set([port]),
        nat: new Set([nat, own]),
        load_balancer: new Set([balancer]),
      },
    ],
    Logical_Router_Port: [
      { _uuid: port, name: 'r-external', networks: new Set(['10.9.0.2/24', 'fd00::2/64']) },
    ],
    NAT: [
      { _uuid: nat, type: 'dnat_and_snat', external_ip: '10.9.0.9' },
      { _uuid: own, type: 'snat', external_ip: '10.9.0.7', external_ids: owned },
    ],
    Load_Balancer: [
      {
        _uuid: balancer,
        name: 'lb',
        vips: new Map([
          ['10.9.0.8:80', '192.168.0.4:80'],
          ['[fd00::8]:80', '[fd01::4]:80'],
        ]),
      },
    ],
    ...change,
  });
  const found = (change?: Rows) =>
    foreignAddressesOf(
      snapshotOf<NbTables>(nbSchema, rows(change) as Parameters<typeof snapshotOf<NbTables>>[1]),
    );
  const names = (found: ReturnType<typeof foreignAddressesOf>, name = 'external') =>
    [...(found.get(name) ?? [])]
      .map(
        ([ip, holders]) => `${ip} ${holders.map((each) => `${each.table} ${each.name} of ${each.router}`)}`,
      )
      .sort();

  it('are those of their ports, NAT rows and load-balancers, on the switch of the port', () => {
    expect(names(found())).toEqual([
      '10.9.0.2 Logical_Router_Port r-external of r',
      '10.9.0.8 Load_Balancer lb of r',
      '10.9.0.9 NAT dnat_and_snat of r',
      'fd00::2 Logical_Router_Port r-external of r',
      'fd00::8 Load_Balancer lb of r',
    ]);
    expect(names(found(), 'inside')).toEqual([]);
  });

  it('are those of the load-balancers of their groups, too, however many hold one', () => {
    const group = uuid('8');
    const held = (own: boolean, ...groups: readonly Uuid[]): Rows => ({
      Logical_Router: [
        {
          ...{ _uuid: router, name: 'r', ports: new Set([port]) },
          ...{ load_balancer: new Set(own ? [balancer] : []), load_balancer_group: new Set(groups) },
        },
      ],
      Load_Balancer_Group: [{ _uuid: group, name: 'g', load_balancer: new Set([balancer]) }],
    });
    const balanced = (change: Rows) => names(found(change)).filter((each) => each.includes('Load_Balancer'));
    const both = ['10.9.0.8 Load_Balancer lb of r', 'fd00::8 Load_Balancer lb of r'];
    expect(balanced(held(false, group))).toEqual(both);
    expect(balanced(held(true, group))).toEqual(both);
    expect(balanced(held(true))).toEqual(both);
    expect(balanced(held(true, group))).toEqual(both);
    expect(balanced({ ...held(false, group), Load_Balancer_Group: [{ _uuid: group, name: 'g' }] })).toEqual(
      [],
    );
    expect(balanced(held(false, group))).toEqual(both);
    expect(balanced(held(false))).toEqual([]);
  });

  it('stay where a row of another table goes that has the same name for itself', () => {
    found({ NAT: [{ _uuid: link, type: 'snat', external_ip: '10.9.0.5' }] });
    expect(names(found())).toHaveLength(5);
    found({ NAT: [{ _uuid: port, type: 'snat', external_ip: '10.9.0.5' }] });
    expect(names(found())).toHaveLength(5);
  });

  it('come and go with the row, the port on the switch and the router that holds it', () => {
    const one = (change: Rows) => names(found(change)).map((text) => text.split(' ')[0]);
    const whole = one({});
    expect(whole).toHaveLength(5);
    expect(one({ NAT: [] })).toEqual(['10.9.0.2', '10.9.0.8', 'fd00::2', 'fd00::8']);
    expect(one({})).toEqual(whole);
    expect(
      one({ Logical_Switch: [{ name: 'external' }, { name: 'inside', ports: new Set([link]) }] }),
    ).toEqual([]);
    expect(one({})).toEqual(whole);
    expect(one({ Logical_Router: [{ _uuid: router, name: 'r', ports: new Set([port]) }] })).toEqual([
      '10.9.0.2',
      'fd00::2',
    ]);
    expect(one({ Logical_Router: [] })).toEqual([]);
    expect(one({})).toEqual(whole);
    const ours = { ...(rows().Logical_Router_Port?.[0] ?? {}), external_ids: owned };
    expect(one({ Logical_Router_Port: [ours] })).toEqual(['10.9.0.8', '10.9.0.9', 'fd00::8']);
  });
});

it('follows a port whose switch stays as it was, and leaves other switches the very same', () => {
  const port = (digit: string) => ({
    ...{ _uuid: uuid(digit), name: digit },
    addresses: new Set([`0a:00:00:00:00:01 10.0.0.${digit}`]),
  });
  const before = snapshotOf<NbTables>({ ...nbSchema }, {
    Logical_Switch: [
      { name: 's', ports: new Set([uuid('1')]) },
      { name: 't', ports: new Set([uuid('2')]) },
    ],
    Logical_Switch_Port: [port('1'), port('2')],
  } as Parameters<typeof snapshotOf<NbTables>>[1]);
  const addresses = new Set(['0a:00:00:00:00:01 10.0.0.4']);
  const after = damaged(before, (_, row) => (row._uuid === uuid('1') ? { ...row, addresses } : row));
  const on = (nb: typeof before, name: string) => foreignAddressesOf(nb).get(name);
  expect([...(on(before, 's')?.keys() ?? [])]).toEqual(['10.0.0.1']);
  expect([...(on(after, 's')?.keys() ?? [])]).toEqual(['10.0.0.4']);
  expect(on(after, 't')).toBe(on(before, 't'));
});
