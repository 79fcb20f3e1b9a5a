import type { Ip } from '@berth/net';
import { expect, test } from 'vitest';
import type { Fabric } from '../fabric/fabric.ts';
import type { LingerMark } from '../fabric/linger-mark.ts';
import { fieldFabric, fieldStory } from '../testing/field-story.ts';
import { settle } from '../testing/settle.ts';
import { type Contested, contestedIn } from './contested.ts';
import { nodeOrdersOf } from './node-orders.ts';

const [workload, gateway, standby] = ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'] as const;
const ip = '10.9.101.9' as Ip;
const mark: LingerMark = {
  ...{ ip, switchName: 'external0', chassis: `chassis-${gateway}` },
  ...{ mac: '7a:f4:44:a4:49:73', object: 'ovn-fip/web', change: { number: 7, isAfter: false } },
};

/** What the fabric tells while the gateway that had the address is as far as said. */
function at(is: 'keeping up' | 'standing still' | 'catching up'): Fabric {
  return {
    ...fieldFabric,
    ...(is !== 'keeping up' && { lingers: [mark] }),
    behind: is === 'standing still' ? new Map([[mark.chassis, 5]]) : new Map(),
  };
}

test('an address is contested from when its former chassis stands still until that one has caught up', () => {
  const looks = ['catching up', 'standing still', 'catching up', 'keeping up', 'catching up'] as const;
  let last: readonly Contested[] = [];
  const counts = looks.map((look) => {
    last = contestedIn(at(look), last);
    return last.length;
  });
  expect(counts).toEqual([0, 1, 1, 0, 0]);
  expect(contestedIn(at('standing still'), [])).toMatchObject([
    { ip, switchName: mark.switchName, chassis: mark.chassis },
  ]);
});

test('an order names the contested ones of its addresses, and of no other network', () => {
  const contestedAt = (contested: readonly Contested[]) => {
    const { intent } = settle(fieldStory, fieldFabric);
    const nodes = [workload, gateway, standby].map((name) => ({ name, chassis: undefined }));
    return nodeOrdersOf({ intent, fabric: fieldFabric, nodes, epoch: 7, contested }).orders.map(({ spec }) =>
      spec.addresses.flatMap(({ contested: own }) => own ?? []),
    );
  };
  expect(contestedAt([mark])).toEqual([[ip], [], []]);
  expect(contestedAt([{ ...mark, switchName: 'other' }])).toEqual([[], [], []]);
  expect(contestedAt([])).toEqual([[], [], []]);
});
