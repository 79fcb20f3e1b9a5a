import { expect, test } from 'vitest';
import { nbSchema, sbSchema } from './index.ts';
import { offers } from './offers.ts';
import { compareReleases, knownReleases, oldestSchemas, sinceOf } from './since.ts';

const schemas = { OVN_Northbound: nbSchema, OVN_Southbound: sbSchema };

test('releases are in the order they came out', () => {
  const releases = ['24.09', '2.7', '23.03', '23.09', '20.06'] as const;
  expect(releases.toSorted(compareReleases)).toEqual(['2.7', '20.06', '23.03', '23.09', '24.09']);
});

test('what is said to be as old as the schemas is in them, what is newer is not', () => {
  for (const { database, table, column, release } of knownReleases()) {
    const isOld = compareReleases(release, oldestSchemas) <= 0;
    expect(offers(schemas[database], table, column), `${database} ${table} ${column}`).toBe(isOld);
  }
  expect(knownReleases().length).toBeGreaterThan(20);
});

test('every table and column of the schemas has a release', () => {
  for (const database of ['OVN_Northbound', 'OVN_Southbound'] as const) {
    for (const [table, { columns }] of Object.entries(schemas[database].tables)) {
      expect(sinceOf(database, table)).toBeDefined();
      for (const column of Object.keys(columns)) expect(sinceOf(database, table, column)).toBeDefined();
    }
  }
});

test('the release of a column is its own, its table’s, or only bounded', () => {
  expect(sinceOf('OVN_Northbound', 'NAT', 'gateway_port')).toBe('22.06');
  expect(sinceOf('OVN_Northbound', 'NAT', 'match')).toBe('24.09');
  expect(sinceOf('OVN_Northbound', 'Static_MAC_Binding', 'ip')).toBe('22.06');
  expect(sinceOf('OVN_Northbound', 'NAT', 'options')).toEqual({ orBefore: '23.03' });
  expect(sinceOf('OVN_Northbound', 'NAT', 'nothing')).toBeUndefined();
});

test('a server offers what its schema has', () => {
  expect(offers(nbSchema, 'NAT')).toBe(true);
  expect(offers(nbSchema, 'NAT', 'gateway_port')).toBe(true);
  expect(offers(nbSchema, 'NAT', 'match')).toBe(false);
  expect(offers(nbSchema, 'Nothing', 'name')).toBe(false);
});
