import type { NbTables } from '@berth/ovn';
import { nbSchema } from '@berth/ovn';
import { snapshotOf } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import { hasRows, leadEntries, leadIn, otherLead } from './other-lead.ts';

const cluster = 'cluster/1';
const state = 'state/vm1:/srv/state';
const since = '2026-01-01T00:00:00Z';

function nbLedBy(name: string | undefined, epoch: number, instance = 'default') {
  const key = instance === 'default' ? 'berth.dev/epoch' : `berth.dev/epoch.${instance}`;
  const ids = new Map([[key, String(epoch)], ...leadEntries(instance, { name, epoch }, undefined, since)]);
  return snapshotOf<NbTables>(nbSchema, { NB_Global: [{ external_ids: ids }] });
}

test.each([
  ['the same cluster', cluster, cluster, 7],
  ['a cluster that was set back to an older state', cluster, cluster, 3],
  ['a state', state, state, 7],
  ['a state that was lost and is made anew', state, state, 0],
  ['a state that has moved', state, 'state/vm1:/srv/moved', 7],
  ['a controller that says no name', cluster, undefined, 7],
  ['a cluster after a controller that said no name', undefined, cluster, 7],
])('%s follows itself', (_, before, name, epoch) => {
  expect(otherLead(nbLedBy(before, 7), 'default', { name, epoch })).toBeUndefined();
});

test.each([
  ['a cluster after a folder', state, cluster, 0],
  ['a cluster whose Lease counts further than a folder does', state, cluster, 99],
  ['a cluster after another one', 'cluster/2', cluster, 7],
  ['a folder after a cluster', cluster, state, 7],
  ['another folder', state, 'state/vm1:/srv/other', 6],
  ['whoever is behind one that said no name', undefined, cluster, 6],
])('%s follows somebody else', (_, before, name, epoch) => {
  expect(otherLead(nbLedBy(before, 7), 'default', { name, epoch })).toEqual({
    ...{ epoch: 7, name: before },
    since: before && since,
  });
});

test('where nobody led there is nobody', () => {
  const nb = snapshotOf<NbTables>(nbSchema, {});
  expect(otherLead(nb, 'default', { name: cluster, epoch: 0 })).toBeUndefined();
});

test('a name counts with the epoch that it was written with', () => {
  const ids = new Map([
    ['berth.dev/epoch', '8'],
    ['berth.dev/lead', `7 ${cluster}`],
  ]);
  const nb = snapshotOf<NbTables>(nbSchema, { NB_Global: [{ external_ids: ids }] });
  expect(otherLead(nb, 'default', { name: cluster, epoch: 7 })).toEqual({
    ...{ epoch: 8, name: undefined, since: undefined },
  });
});

test('since when somebody leads counts from the first of his epochs in a row', () => {
  const later = '2026-02-02T00:00:00Z';
  const after = (name: string, before = leadIn(nbLedBy(state, 7), 'default')) =>
    new Map(leadEntries('default', { name, epoch: 8 }, before, later)).get('berth.dev/lead-since');
  expect(after(state)).toBe(`8 ${since}`);
  expect(after(cluster)).toBe(`8 ${later}`);
});

test('instances lead by themselves', () => {
  const nb = nbLedBy(state, 7, 'blue');
  expect(otherLead(nb, 'default', { name: cluster, epoch: 0 })).toBeUndefined();
  expect(otherLead(nb, 'blue', { name: cluster, epoch: 0 })).toEqual({ epoch: 7, name: state, since });
});

test('rows are of the instance that they say', () => {
  const owned = { name: 'vpc1', external_ids: new Map([['berth.dev/owner', 'blue']]) };
  const nb = snapshotOf<NbTables>(nbSchema, { Logical_Router: [{ name: 'foreign' }, owned] });
  expect([hasRows(nb, 'blue'), hasRows(nb, 'default')]).toEqual([true, false]);
});
