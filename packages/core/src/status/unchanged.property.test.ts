import { type Resource, type ResourceSet, refKey, refOf, resourceSetOf, resourcesIn } from '@berth/api';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyFabric } from '../fabric/fabric.ts';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import type { Intent } from '../intent/intent.ts';
import { intentOf } from '../intent/intent-of.ts';
import { keepSame } from '../intent/keep-same.ts';
import { same } from '../intent/object/same.ts';
import { SettledPools } from '../intent/object/settled-pools.ts';
import { withWrites } from '../intent/object/write.ts';
import { nodeOrdersOf } from '../order/node-orders.ts';
import { eip, fip, ip, subnet, vpc } from '../testing/resources.ts';
import { settings } from '../testing/settle.ts';
import { type World, world } from '../testing/world.ts';
import { statusWrites } from './status-writes.ts';

/** RUNS=10000 looks harder. */
const runs = Number(process.env['RUNS'] ?? 40);

/** What nobody has seen before: equal, and of other objects all through. */
const unseen = <T>(value: T): T => structuredClone(value);

/** What users wrote, what is stored of it, and what the last pass over that came to. */
type Moment = World & { readonly stored: ResourceSet; readonly intent: Intent };

/** The next moment, before its pass, as a cache would have it: an object that nobody wrote is the very same one. */
function following(before: Moment, { resources, fabric }: World): Moment {
  const { intent } = before;
  const byKey = (list: readonly Resource[]) => new Map(list.map((each) => [refKey(refOf(each)), each]));
  const [said, stored] = [byKey(before.resources), byKey(resourcesIn(before.stored))];
  const objects = resources.map((next) => {
    const key = refKey(refOf(next));
    const known = stored.get(key);
    if (known?.kind !== next.kind) return next;
    return same(said.get(key), next) ? known : rewritten(known, next);
  });
  return { resources, fabric, intent, stored: resourceSetOf(objects) };
}

function rewritten(known: Resource, next: Resource): Resource {
  const metadata = { ...known.metadata, ...written(next) };
  return { ...known, ...('spec' in next && { spec: next.spec }), metadata } as Resource;
}

/** What a user writes of the metadata. */
const written = ({ metadata: { creationTimestamp, deletionTimestamp } }: Resource) => ({
  ...(creationTimestamp !== undefined && { creationTimestamp }),
  ...(deletionTimestamp !== undefined && { deletionTimestamp }),
});

/** The next moment: a pass over it, each of whose answers is that of one who has seen nothing before. */
function pass(
  { stored, fabric, intent: before, ...rest }: Moment,
  now: string,
  pools: SettledPools,
  found: readonly Finding[],
): Moment {
  let [present, kept] = [stored, before];
  for (let round = 0; round < 4; round++) {
    const result = intentOf(present, fabric, settings, pools);
    expect(result).toStrictEqual(intentOf(unseen(present), unseen(fabric), settings));
    if (result.writes.length > 0) {
      present = withWrites(present, result.writes);
      continue;
    }
    const { findings } = result;
    kept = keepSame(kept, result.intent);
    expect(kept).toStrictEqual(result.intent);
    const intent = kept;
    const told = { resources: present, intent, findings: [...findings, ...found], fabric, now };
    const writes = statusWrites({ ...told, ...settings, asker: pools });
    expect(writes).toStrictEqual(statusWrites({ ...unseen(told), ...settings }));
    const nodes = ['n1', 'n2', 'n3'].map((name) => ({ name, chassis: `chassis-${name}` }));
    const orders = { intent, fabric, nodes, epoch: 1 };
    expect(nodeOrdersOf(orders)).toStrictEqual(nodeOrdersOf(unseen(orders)));
    present = withWrites(present, writes);
  }
  return { ...rest, fabric, intent: kept, stored: present };
}

/** What NB may lack of a floating IP that works, which is told of its EIP as well. */
const lacking = finding('not-programmed', {
  object: { kind: 'OvnFip', name: 'centralized-white' },
  message: 'NB has no row of it',
  cure: 'start the controller',
});

const nothing: World = { resources: [], fabric: emptyFabric };

/** Floating IPs that work in every world, answered by whoever serves the others. */
const steady: readonly Resource[] = [
  vpc('white', { enableExternal: true }),
  subnet('white-s', { vpc: 'white', cidrBlock: '192.168.0.0/24' }),
  ip('w', { subnet: 'white-s', nodeName: 'n1' }),
  ...(['distributed', 'centralized'] as const).flatMap((type) => [
    eip(`${type}-white`),
    fip(`${type}-white`, { ovnEip: `${type}-white`, ipName: 'w', type }),
  ]),
];

const withSteady = ({ resources, fabric }: World): World => {
  const serving = fabric.claims.get('cr-red-external0');
  const claims =
    serving === undefined ? [] : ['cr-white-external0', 'w'].map((port) => [port, serving] as const);
  return {
    resources: [...resources, ...steady],
    fabric: { ...fabric, claims: new Map([...fabric.claims, ...claims]) },
  };
};

const anyWorld = world.map(withSteady);

/** What may come next: another world, the same one with other nodes and claims, with an object less, or with some of another world. Numbers choose objects. */
const step = fc.oneof(
  { weight: 1, arbitrary: anyWorld.map((next) => () => next) },
  {
    weight: 3,
    arbitrary: anyWorld.map(
      ({ fabric }) =>
        ({ resources }: World): World => ({ resources, fabric }),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.nat(30).map((place) => ({ resources, fabric }: World): World => {
      const at = place % Math.max(resources.length, 1);
      return { resources: resources.filter((_, index) => index !== at), fabric };
    }),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(anyWorld, fc.nat(30), fc.nat(5)).map(([other, place, count]) => {
      const others = other.resources.slice(place, place + count);
      const names = new Set(others.map((each) => refKey(refOf(each))));
      return ({ resources, fabric }: World): World => ({
        resources: [...resources.filter((each) => !names.has(refKey(refOf(each)))), ...others],
        fabric,
      });
    }),
  },
);

test('a pass over what is mostly as before comes to what one comes to that sees everything for the first time', () => {
  fc.assert(
    fc.property(
      anyWorld,
      fc.array(fc.tuple(step, fc.boolean()), { minLength: 2, maxLength: 6 }),
      (first, steps) => {
        const pools = new SettledPools();
        let at = pass(
          following({ ...nothing, stored: resourceSetOf([]), intent: { vpcs: [], externals: [] } }, first),
          '2026-01-01T00:00:00Z',
          pools,
          [],
        );
        for (const [place, [next, lacks]] of steps.entries())
          at = pass(
            following(at, next(at)),
            `2026-01-01T0${place + 1}:00:00Z`,
            pools,
            lacks ? [lacking] : [],
          );
      },
    ),
    { numRuns: runs },
  );
});
