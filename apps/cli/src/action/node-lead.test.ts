import { type NbTables, nbSchema } from '@berth/ovn';
import { snapshotOf } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import { nodeLeadOf } from './node-lead.ts';

const cluster = 'cluster/1';
const folder = 'state/vm1:/srv/state';
const vpc1 = { name: 'vpc1', external_ids: new Map([['berth.dev/owner', 'default']]) };

/** An NB that somebody led last with an epoch of 7, or nobody, with a row of the instance unless it has none. */
function ledBy(name: string | undefined, { rows = [vpc1] }: { readonly rows?: (typeof vpc1)[] } = {}) {
  const ids = new Map([
    ['berth.dev/epoch', '7'],
    ['berth.dev/lead', `7 ${name}`],
  ]);
  const snapshot = snapshotOf<NbTables>(nbSchema, {
    NB_Global: [{ external_ids: name === undefined ? new Map() : ids }],
    Logical_Router: rows,
  });
  return { snapshot: () => snapshot, subscribe: () => () => undefined };
}

function leadOn(northbound: ReturnType<typeof ledBy>, own: string | undefined) {
  return nodeLeadOf({ ovn: { northbound }, settings: { instance: 'default' } as never, leadName: () => own });
}

test.each([
  ['of a cluster beside its own controller', cluster, cluster, {}, true],
  ['that nobody led before', undefined, cluster, {}, true],
  ['without a row', folder, cluster, { rows: [] }, true],
  ['that a folder led', folder, cluster, {}, false],
  ['that another cluster led', 'cluster/2', cluster, {}, false],
  ['that a cluster led, of a folder', cluster, folder, {}, false],
  ['that somebody led before it is known who we are', folder, undefined, {}, undefined],
])('the nodes of an OVN %s', (_, before, own, more, isOurs) => {
  expect(leadOn(ledBy(before, more), own).isOurs()).toBe(isOurs);
});

test('nodes are ours once our fence is raised, whatever NB says a moment longer, and until a later lead', () => {
  const lead = leadOn(ledBy(folder), cluster);
  lead.raised(8);
  expect(lead.isOurs()).toBe(true);
  lead.raised(6);
  expect(lead.isOurs()).toBe(false);
});
