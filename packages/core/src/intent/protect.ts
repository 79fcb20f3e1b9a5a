import { controllerFinalizer, type Resource, refKey, refOf } from '@berth/api';
import { type Asker, perItem } from '../memo/per-item.ts';
import { fullName, isTerminating, type Lookup, listOf } from './lookup.ts';
import type { ResourceWrite } from './write.ts';

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
    if (held.length === 0) return [kind, present] as const;
    return [kind, new Map([...present, ...held.map((each) => [fullName(each), each] as const)])] as const;
  });
  return { lookup: { ...lookup, ...Object.fromEntries(kinds) }, writes };
}

/** What the objects of a kind that have no finalizer of ours become. */
function withFinalizers(asker: Asker, kind: Protected, objects: readonly Resource[]): readonly Resource[] {
  const held: Resource[] = [];
  for (const object of protecting[kind](asker, objects, {})) if (object) held.push(object);
  return held;
}

type Protected = (typeof protectedKinds)[number];

const withFinalizerEach = () =>
  perItem((object: Resource): Resource | undefined => {
    const isHeld = isTerminating(object) || object.metadata.finalizers.includes(controllerFinalizer);
    return isHeld ? undefined : withFinalizer(object);
  });

const protecting = Object.fromEntries(protectedKinds.map((kind) => [kind, withFinalizerEach()])) as Record<
  Protected,
  ReturnType<typeof withFinalizerEach>
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
