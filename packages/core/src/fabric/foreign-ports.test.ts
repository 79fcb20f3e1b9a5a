import { ownerKey } from '@berth/api';
import { type NbTables, nbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid } from '@berth/ovsdb/value';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { damaged } from '../testing/program.ts';
import { foreignPortsOf } from './foreign-ports.ts';

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
  expect(foreignPortsOf(nb)).toBe(foreignPortsOf(nb));
  expect([...foreignPortsOf(nb).keys()].filter((name) => name !== 's')).toEqual([]);
  return [...(foreignPortsOf(nb).get('s') ?? [])].map(
    ([ip, holders]) => `${ip}: ${holders.map(({ name }) => name).join()}`,
  );
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
    ).toEqual(['10.30.0.6: odd2', 'fd00::6: odd2', '10.30.0.7: given']);
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
    foreignPortsOf(
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

/** Ports as somebody may leave them, each on one switch or on none, and switches of which two may have one name. */
const moment = fc.record({
  ports: fc.array(
    fc.record({
      ip: fc.constantFrom('10.0.0.3', '10.0.0.4'),
      isOwn: fc.boolean(),
      on: fc.integer({ min: 0, max: 3 }),
    }),
    {
      minLength: 4,
      maxLength: 4,
    },
  ),
  names: fc.array(fc.constantFrom('s', 't'), { minLength: 2, maxLength: 3 }),
});

it('is of what changed as of everything', () => {
  fc.assert(
    fc.property(fc.array(moment), (moments) => {
      const schema = { ...nbSchema };
      for (const { ports, names } of moments) {
        const rows = {
          Logical_Switch: names.map((name, place) => ({
            _uuid: uuid(`${place}`),
            name,
            ports: new Set(ports.flatMap(({ on }, port) => (on === place ? uuid(`${4 + port}`) : []))),
          })),
          Logical_Switch_Port: ports.map(({ ip, isOwn }, port) => ({
            ...{ _uuid: uuid(`${4 + port}`), name: `${port}`, external_ids: isOwn ? owned : new Map() },
            addresses: new Set([`0a:00:00:00:00:01 ${ip}`]),
          })),
        } as Parameters<typeof snapshotOf<NbTables>>[1];
        const followed = foreignPortsOf(snapshotOf<NbTables>(schema, rows));
        expect(followed).toEqual(foreignPortsOf(snapshotOf<NbTables>({ ...nbSchema }, rows)));
      }
    }),
  );
});

it('follows a port whose switch stays as it was', () => {
  const port = { _uuid: uuid('1'), name: '1', addresses: new Set(['0a:00:00:00:00:01 10.0.0.3']) };
  const before = snapshotOf<NbTables>({ ...nbSchema }, {
    Logical_Switch: [{ _uuid: uuid('9'), name: 's', ports: new Set([uuid('1')]) }],
    Logical_Switch_Port: [port],
  } as Parameters<typeof snapshotOf<NbTables>>[1]);
  const addressed = new Set(['0a:00:00:00:00:01 10.0.0.4']);
  const after = damaged(before, (table, row) =>
    table === 'Logical_Switch_Port' ? { ...row, addresses: addressed } : row,
  );
  const addresses = (nb: typeof before) => [...(foreignPortsOf(nb).get('s')?.keys() ?? [])];
  expect(addresses(before)).toEqual(['10.0.0.3']);
  expect(addresses(after)).toEqual(['10.0.0.4']);
});
