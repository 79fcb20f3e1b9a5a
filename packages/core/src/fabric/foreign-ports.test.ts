import { ownerKey } from '@berth/api';
import { type NbTables, nbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { describe, expect, it } from 'vitest';
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
