import { controllerFinalizer, type Resource, refKey, refOf } from '@berth/api';
import { type Asker, picking } from '../memo/per-item.ts';
import { isTerminating, type Lookup, listOf, withReplaced } from './object/lookup.ts';
import type { ResourceWrite } from './object/write.ts';

/** Kinds whose deletion must wait until their rows are gone. */
const protectedKinds = [
  'ProviderNetwork',
  'Vlan',
  'Vpc',
  'Subnet',
  'IP',
  'Vip',
  'OvnEip',
  'OvnFip',
  'OvnSnatRule',
  'OvnDnatRule',
] as const;

/**
 * Gives every object that causes rows our finalizer, before its first row is written. One that is new and may not get it is as if it were not
 * there: its rows would be left behind.
 */
export function protect(
  asker: Asker,
  lookup: Lookup,
  refused: ReadonlySet<string> = new Set(),
): {
  readonly lookup: Lookup;
  readonly writes: readonly ResourceWrite[];
} {
  const writes: ResourceWrite[] = [];
  const kinds = protectedKinds.map((kind) => {
    const present = withoutRefused(lookup[kind], refused);
    const held = withFinalizers(asker, kind, listOf(present)).filter(
      (object) => !refused.has(refKey(refOf(object))),
    );
    for (const object of held) writes.push({ verb: 'upsert', object });
    return [kind, withReplaced(present, held)] as const;
  });
  return { lookup: { ...lookup, ...Object.fromEntries(kinds) }, writes };
}

/** What the objects of a kind that have no finalizer of ours become. */
function withFinalizers(asker: Asker, kind: Protected, objects: readonly Resource[]): readonly Resource[] {
  return lacking[kind](asker, objects).map(withFinalizer);
}

type Protected = (typeof protectedKinds)[number];

const lackingEach = () =>
  picking(
    (object: Resource): boolean =>
      !isTerminating(object) && !object.metadata.finalizers.includes(controllerFinalizer),
  );

const lacking = Object.fromEntries(protectedKinds.map((kind) => [kind, lackingEach()])) as Record<
  Protected,
  ReturnType<typeof lackingEach>
>;

/** Without the new ones that cannot be protected. What shows a status was in effect before, and stays so. */
function withoutRefused(
  present: ReadonlyMap<string, Resource>,
  refused: ReadonlySet<string>,
): ReadonlyMap<string, Resource> {
  if (refused.size === 0) return present;
  const isLeftOut = (object: Resource): boolean =>
    refused.has(refKey(refOf(object))) &&
    !object.metadata.finalizers.includes(controllerFinalizer) &&
    !('status' in object && object.status !== undefined);
  return new Map([...present].filter(([, object]) => !isLeftOut(object)));
}

function withFinalizer<T extends Resource>(object: T): T {
  return {
    ...object,
    metadata: { ...object.metadata, finalizers: [...object.metadata.finalizers, controllerFinalizer] },
  };
}

/** Lets go of objects whose rows are gone. */
export function release(released: readonly Resource[]): readonly ResourceWrite[] {
  return released
    .filter(({ metadata }) => metadata.finalizers.includes(controllerFinalizer))
    .map((object) => ({
      verb: 'upsert',
      object: {
        ...object,
        metadata: {
          ...object.metadata,
          finalizers: object.metadata.finalizers.filter((each) => each !== controllerFinalizer),
        },
      },
    }));
}
