import { type NbTables, nbSchema, type SbTables, sbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { describe, expect, it } from 'vitest';
import { chassisOfNode, gatewayClaim } from './fabric.ts';
import { fabricOf, mappedNetworks } from './read.ts';

const uuid = (digit: string): Uuid => `00000000-0000-4000-8000-00000000000${digit}` as Uuid;

const owned = new Map([['berth.dev/owner', 'default']]);
const nb = snapshotOf<NbTables>(nbSchema, {
  Gateway_Chassis: [
    { _uuid: uuid('1'), name: 'p-b', chassis_name: 'b', priority: 99, external_ids: owned },
    { _uuid: uuid('2'), name: 'p-a', chassis_name: 'a', priority: 100 },
    { _uuid: uuid('3'), name: 'p-keeper', chassis_name: 'keeper', priority: 0, external_ids: owned },
  ],
  Logical_Router_Port: [
    { name: 'p', gateway_chassis: new Set([uuid('1'), uuid('3'), uuid('2')]) },
    { name: 'inner' },
  ],
});

const sb = snapshotOf<SbTables>(sbSchema, {
  Chassis: [
    {
      _uuid: uuid('4'),
      name: 'b',
      hostname: 'node-b',
      other_config: new Map([['ovn-bridge-mappings', 'net1:br-1,net2:br-2']]),
    },
    {
      _uuid: uuid('5'),
      name: 'a',
      hostname: 'node-a',
      external_ids: new Map([['ovn-bridge-mappings', 'net1:br-1']]),
    },
  ],
  Port_Binding: [
    { logical_port: 'web', chassis: uuid('4') },
    { logical_port: 'cr-p', chassis: uuid('5') },
    { logical_port: 'down' },
    { logical_port: 'stale', chassis: uuid('9') },
  ],
});

describe('fabricOf', () => {
  const fabric = fabricOf(nb, sb);

  it('reads chassis with their mappings, wherever the release keeps them', () => {
    expect([...fabric.chassis.values()]).toMatchObject([
      { name: 'a', hostname: 'node-a', mappings: new Set(['net1']) },
      { name: 'b', hostname: 'node-b', mappings: new Set(['net1', 'net2']) },
    ]);
  });

  it('reads claims, of chassis that exist', () => {
    expect([...fabric.claims].sort()).toEqual([
      ['cr-p', 'a'],
      ['web', 'b'],
    ]);
    expect(gatewayClaim(fabric, 'p')).toBe('a');
  });

  it('reads gateway groups, highest priority first, and whose members are of no Berth', () => {
    expect([...fabric.gateways]).toEqual([
      [
        'p',
        [
          { chassis: 'a', priority: 100, isForeign: true },
          { chassis: 'b', priority: 99 },
          { chassis: 'keeper', priority: 0 },
        ],
      ],
    ]);
  });

  it('finds the chassis of a node by annotation, else by hostname', () => {
    expect(chassisOfNode(fabric, 'node-a')?.name).toBe('a');
    expect(chassisOfNode(fabric, 'node-a', 'b')?.name).toBe('b');
    expect(chassisOfNode(fabric, 'node-a', 'gone')?.name).toBe('a');
    expect(chassisOfNode(fabric, 'node-x')).toBeUndefined();
  });
});

describe('mappedNetworks', () => {
  it('reads what ovn-controller reads', () => {
    expect([...mappedNetworks('a:br-a, b:br-b')]).toEqual(['a', 'b']);
    expect([...mappedNetworks('')]).toEqual([]);
  });
});
