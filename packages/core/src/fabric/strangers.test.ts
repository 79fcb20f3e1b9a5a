import { formerOrderPrefix } from '@berth/api';
import { type NbTables, nbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import { emptyFabric, type Fabric, type NodeHealth } from './fabric.ts';
import { livenessOf } from './liveness.ts';

/** A node that got as far as 7 and whose agent is silent; `gw` joined the gateways with a change of NB, and does not see it. */
function fabric(change: string): Fabric {
  const _uuid = '00000000-0000-4000-8000-000000000001' as Uuid;
  const northbound = snapshotOf<NbTables>(nbSchema, {
    Gateway_Chassis: [{ _uuid, name: 'gw', chassis_name: 'gw' }],
    Logical_Router_Port: [
      {
        name: 'vpc1-external0',
        gateway_chassis: new Set([_uuid]),
        external_ids: new Map([[`${formerOrderPrefix}${change}`, 'old']]),
      },
    ],
  });
  const health: readonly NodeHealth[] = [
    { node: 'work', chassis: 'work', isFresh: false, tunnels: new Map([['old', true]]) },
    { node: 'gw', chassis: 'gw', isFresh: true, tunnels: new Map([['work', false]]) },
  ];
  const chassis = ['work', 'gw'].map((name) => ({ name, hostname: name, mappings: new Set(['external0']) }));
  return {
    ...emptyFabric,
    chassis: new Map(chassis.map((each) => [each.name, each])),
    northbound,
    behind: new Map([['work', 7]]),
    health: new Map(health.map((each) => [each.node, each])),
  };
}

test('a node is not out of sight of a gateway that it may not know as one', () => {
  const isLost = (change: string) => {
    const liveness = livenessOf(fabric(change));
    return [liveness.isLostSight('work'), liveness.isAlive('work', 'external0')];
  };
  expect(isLost('8')).toEqual([false, true]);
  expect(isLost('>7')).toEqual([false, true]);
  expect(isLost('7')).toEqual([true, false]);
});
