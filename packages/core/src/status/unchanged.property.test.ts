import { type Resource, type ResourceSet, refKey, refOf, resourceSetOf, resourcesIn } from '@berth/api';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { Fabric } from '../fabric/fabric.ts';
import { intentOf } from '../intent/intent-of.ts';
import { same } from '../intent/same.ts';
import { withWrites } from '../intent/write.ts';
import { nodeOrdersOf } from '../order/node-orders.ts';
import { settings } from '../testing/settle.ts';
import { type World, world } from '../testing/world.ts';
import { statusWrites } from './status-writes.ts';

// Many worlds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** RUNS=10000 looks harder. */
const runs = Number(process.env['RUNS'] ?? 40);

/** What nobody has seen before: equal, and of other objects all through. */
const unseen = <T>(value: T): T => structuredClone(value);

/** The objects of a world as a cache would have them after those of before: what did not change is the very same object. */
function following(before: ResourceSet, { resources }: World): ResourceSet {
  const known = new Map(resourcesIn(before).map((each) => [refKey(refOf(each)), each]));
  return resourceSetOf(resources.map((next) => after(known.get(refKey(refOf(next))), next)));
}

function after(before: Resource | undefined, next: Resource): Resource {
  if (!before || before.kind !== next.kind) return next;
  if (same(specOf(before), specOf(next)) && same(before.metadata, { ...before.metadata, ...written(next) }))
    return before;
  const metadata = { ...before.metadata, ...written(next) };
  return { ...before, ...('spec' in next && { spec: next.spec }), metadata } as Resource;
}

/** What a user writes of the metadata. */
const written = ({ metadata: { creationTimestamp, deletionTimestamp } }: Resource) => ({
  ...(creationTimestamp !== undefined && { creationTimestamp }),
  ...(deletionTimestamp !== undefined && { deletionTimestamp }),
});

const specOf = (each: Resource): unknown => ('spec' in each ? each.spec : undefined);

/** The next moment: a pass over it, each of whose answers is that of one who has seen nothing before. */
function pass(resources: ResourceSet, fabric: Fabric, now: string): ResourceSet {
  let present = resources;
  for (let round = 0; round < 4; round++) {
    const result = intentOf(present, fabric, settings);
    expect(result).toStrictEqual(intentOf(unseen(present), unseen(fabric), settings));
    if (result.writes.length > 0) {
      present = withWrites(present, result.writes);
      continue;
    }
    const { intent, findings } = result;
    const told = { resources: present, intent, findings, fabric, now };
    const writes = statusWrites({ ...told, ...settings });
    expect(writes).toStrictEqual(statusWrites({ ...unseen(told), ...settings }));
    const nodes = ['n1', 'n2', 'n3'].map((name) => ({ name, chassis: `chassis-${name}` }));
    const orders = { intent, fabric, nodes, epoch: 1 };
    expect(nodeOrdersOf(orders)).toStrictEqual(nodeOrdersOf(unseen(orders)));
    present = withWrites(present, writes);
  }
  return present;
}

test('a pass over what is mostly as before comes to what one comes to that sees everything for the first time', () => {
  fc.assert(
    fc.property(fc.array(world, { minLength: 2, maxLength: 6 }), (worlds) => {
      let resources = resourceSetOf([]);
      for (const [place, each] of worlds.entries())
        resources = pass(following(resources, each), each.fabric, `2026-01-01T0${place}:00:00Z`);
    }),
    { numRuns: runs },
  );
});
