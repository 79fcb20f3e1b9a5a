import type { Snapshot } from '@berth/ovsdb/value';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Link } from '../host/link.ts';
import { idOf, interfacesOn, rootOf, rowNamed } from '../ovs/row.ts';
import { testNetwork, testNode, testVlan } from '../testing/resources.ts';
import { applyChanges, testSwitch } from '../testing/switch.ts';
import { planProviders } from './plan.ts';
import type { ProviderInput } from './uplink.ts';

const nics = ['eth0', 'eth1', 'eth2', 'eth3'];
const links: readonly Link[] = nics.map((name, place) => ({
  name,
  index: place + 2,
  mtu: 1500 + place,
  isUp: true,
  isLoopback: false,
  addresses: [],
}));
const survey = { links, defaultRoutes: [{ device: 'eth0', gateway: '192.0.2.1' }] };

function input(observed: Snapshot, parts: Partial<ProviderInput> = {}): ProviderInput {
  return {
    node: 'node-1',
    instance: 'default',
    networks: [],
    vlans: [],
    nodes: [testNode('node-1')],
    observed,
    survey,
    ...parts,
  };
}

function mappings(observed: Snapshot): string | undefined {
  const root = rootOf(observed);
  return root && idOf(root, 'ovn-bridge-mappings');
}

function ports(observed: Snapshot, bridge: string): readonly string[] | undefined {
  const row = rowNamed(observed, 'Bridge', bridge);
  return row && [...interfacesOn(observed, row)].sort();
}

describe('a network on a node', () => {
  const network = testNetwork('ext', { defaultInterface: 'eth2' });
  const vlans = [testVlan('v10', 'ext', 10), testVlan('other', 'net2', 11)];
  const before = testSwitch({
    externalIds: { 'ovn-bridge-mappings': 'phys:br-ex' },
    bridges: { 'br-ex': [] },
  });
  const planned = planProviders(input(before, { networks: [network], vlans }));
  const after = applyChanges(before, planned.changes);

  test('has a bridge of the datapath of br-int with the NIC, and a mapping beside those of others', () => {
    expect(planned.findings).toEqual([]);
    expect(ports(after, 'br-ext')).toEqual(['br-ext', 'eth2']);
    expect(rowNamed(after, 'Bridge', 'br-ext')?.['datapath_type']).toBe('netdev');
    expect(rowNamed(after, 'Port', 'eth2')?.['trunks']).toEqual(new Set([0, 10]));
    expect(mappings(after)).toBe('phys:br-ex,ext:br-ext');
    expect(planned.uplinks).toEqual([
      { network: 'ext', bridge: 'br-ext', nic: 'eth2', mtu: 1502, isUp: true },
    ]);
  });

  test('is left as it is without another look at the NIC', () => {
    const again = planProviders(input(after, { networks: [network], vlans, survey: undefined }));
    expect(again).toMatchObject({ changes: [], findings: [], unknownNics: [] });
  });

  test('goes with everything it had, and with nothing else', () => {
    const removed = planProviders(input(after, { vlans }));
    const gone = applyChanges(after, removed.changes);
    expect(mappings(gone)).toBe('phys:br-ex');
    expect([...gone.table('Bridge')].map((row) => row['name']).sort()).toEqual(['br-ex', 'br-int']);
    expect(gone.table('Interface').size).toBe(before.table('Interface').size);
  });

  test('keeps a NIC that the switch has lost, and says so', () => {
    const lost = applyChanges(after, [
      {
        verb: 'update',
        db: 'OVS',
        table: 'Interface',
        uuid: rowNamed(after, 'Interface', 'eth2')?._uuid ?? expect.fail(),
        key: [],
        unit: '',
        cause: undefined,
        origins: [],
        columns: { ifindex: { old: 4, new: 0 } },
        interrupts: null,
      },
    ]);
    const again = planProviders(input(lost, { networks: [network], vlans, survey: undefined }));
    expect(again.changes).toEqual([]);
    expect(again.findings).toMatchObject([{ code: 'nic-missing', object: { name: 'ext' } }]);
  });
});

test('the NIC with the default route is refused, and the network has neither bridge nor mapping', () => {
  const planned = planProviders(
    input(testSwitch(), { networks: [testNetwork('ext', { defaultInterface: 'eth0' })] }),
  );
  expect(planned.changes).toEqual([]);
  expect(planned.findings).toMatchObject([
    {
      code: 'nic-refused',
      severity: 'error',
      object: { kind: 'ProviderNetwork', name: 'ext' },
      message: "NIC eth0 of node node-1 carries the node's default route and is left alone",
    },
  ]);
});

test.each([
  ['a name too long', testNetwork('thirteenchars'), {}, 'bad-value', 'metadata.name'],
  ['a NIC that is not there', testNetwork('ext', { defaultInterface: 'eth9' }), {}, 'nic-missing', undefined],
  [
    'a NIC on a foreign bridge',
    testNetwork('ext'),
    { bridges: { 'br-ex': ['eth1'] } },
    'nic-in-use',
    undefined,
  ],
  ['a foreign bridge of its name', testNetwork('ext'), { bridges: { 'br-ext': [] } }, 'row-clash', undefined],
  [
    'a foreign mapping of its name',
    testNetwork('ext'),
    { bridges: { 'br-ex': [] }, externalIds: { 'ovn-bridge-mappings': 'ext:br-ex' } },
    'row-clash',
    undefined,
  ],
])('%s is a finding and nothing is written', (_, network, options, code, field) => {
  const planned = planProviders(input(testSwitch(options), { networks: [network] }));
  expect(planned.changes).toEqual([]);
  expect(planned.findings).toHaveLength(1);
  expect(planned.findings[0]).toMatchObject({ code, ...(field !== undefined && { field }) });
});

test.each([
  ['and the bridge it leads to', { 'br-ex': [] }, ['Open_vSwitch', 'Bridge']],
  ['alone where it leads to no bridge', {}, ['Open_vSwitch']],
])('a foreign mapping is told with the row it stands in %s', (_, bridges, tables) => {
  const observed = testSwitch({ bridges, externalIds: { 'ovn-bridge-mappings': 'ext:br-ex' } });
  const [found] = planProviders(input(observed, { networks: [testNetwork('ext')] })).findings;
  const uuids = {
    Open_vSwitch: rootOf(observed)?._uuid,
    Bridge: rowNamed(observed, 'Bridge', 'br-ex')?._uuid,
  };
  expect(found?.rows.map(({ db, table, uuid }) => [db, table, uuid])).toEqual(
    tables.map((table) => ['OVS', table, uuids[table as keyof typeof uuids]]),
  );
  expect(found?.rows[0]?.columns).toEqual(['external_ids']);
});

test('what is not supported is a warning that is the same on every node, and the network works', () => {
  const network = testNetwork('ext', { exchangeLinkName: true });
  const planned = planProviders(input(testSwitch(), { networks: [network] }));
  expect(planned.findings).toMatchObject([
    { code: 'not-supported', severity: 'warning', field: 'spec.exchangeLinkName' },
  ]);
  expect(planned.findings[0]?.message).not.toContain('node-1');
  expect(planned.uplinks).toHaveLength(1);
});

test('of two networks that want one NIC, who has it keeps it', () => {
  const [first, second] = [testNetwork('aa'), testNetwork('bb')];
  const before = testSwitch();
  const held = applyChanges(before, planProviders(input(before, { networks: [second] })).changes);
  const both = planProviders(input(held, { networks: [first, second] }));
  expect(both.changes).toEqual([]);
  expect(both.findings).toMatchObject([{ code: 'nic-in-use', object: { name: 'aa' } }]);
  expect(both.uplinks.map(({ network }) => network)).toEqual(['bb']);
});

test('a NIC passes from one network to another in one step', () => {
  const before = testSwitch();
  const held = applyChanges(before, planProviders(input(before, { networks: [testNetwork('aa')] })).changes);
  const networks = [testNetwork('aa', { defaultInterface: 'eth2' }), testNetwork('bb')];
  const moved = applyChanges(held, planProviders(input(held, { networks })).changes);
  expect(ports(moved, 'br-aa')).toEqual(['br-aa', 'eth2']);
  expect(ports(moved, 'br-bb')).toEqual(['br-bb', 'eth1']);
});

test('whatever was there before, one pass makes what is wanted and the next has nothing to do', () => {
  const name = fc.constantFrom('aa', 'bb', 'cc', 'thirteenchars');
  const network = fc
    .record({ name, nic: fc.constantFrom(...nics, 'eth9'), excluded: fc.boolean() })
    .map(({ name: network, nic, excluded }) =>
      testNetwork(network, { defaultInterface: nic, excludeNodes: excluded ? ['node-1'] : [] }),
    );
  const networks = fc.uniqueArray(network, { selector: ({ metadata }) => metadata.name });
  const vlans = fc
    .array(fc.tuple(name, fc.integer({ min: 0, max: 4095 })))
    .map((list) => list.map(([provider, id], place) => testVlan(`v${place}`, provider, id)));
  fc.assert(
    fc.property(networks, vlans, networks, vlans, (old, oldVlans, wanted, wantedVlans) => {
      const start = testSwitch({
        externalIds: { 'ovn-bridge-mappings': 'phys:br-ex' },
        bridges: { 'br-ex': [] },
      });
      const was = applyChanges(
        start,
        planProviders(input(start, { networks: old, vlans: oldVlans })).changes,
      );
      const planned = planProviders(input(was, { networks: wanted, vlans: wantedVlans }));
      const is = applyChanges(was, planned.changes);
      const entries = [
        'phys:br-ex',
        ...planned.uplinks.map(({ network: each, bridge }) => `${each}:${bridge}`),
      ];
      expect(new Set(mappings(is)?.split(','))).toEqual(new Set(entries));
      for (const { bridge, nic } of planned.uplinks) expect(ports(is, bridge)).toEqual([bridge, nic]);
      expect(is.table('Bridge').size).toBe(2 + planned.uplinks.length);
      const next = planProviders(input(is, { networks: wanted, vlans: wantedVlans }));
      expect(next.changes).toEqual([]);
      expect(next.findings).toEqual(planned.findings);
    }),
    { numRuns: 60 },
  );
});
