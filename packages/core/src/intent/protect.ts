import { controllerFinalizer, type Resource } from '@berth/api';
import { isTerminating, type Lookup } from './lookup.ts';
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

/** Gives every object that causes rows our finalizer, before its first row is written. */
export function protect(lookup: Lookup): {
  readonly lookup: Lookup;
  readonly writes: readonly ResourceWrite[];
} {
  const writes: ResourceWrite[] = [];
  const kinds = protectedKinds.map((kind) => {
    const objects = [...lookup[kind]].map(([name, object]) => {
      if (isTerminating(object) || object.metadata.finalizers.includes(controllerFinalizer))
        return [name, object] as const;
      const held = withFinalizer(object);
      writes.push({ verb: 'upsert', object: held });
      return [name, held] as const;
    });
    return [kind, new Map<string, Resource>(objects)] as const;
  });
  return { lookup: { ...lookup, ...Object.fromEntries(kinds) }, writes };
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
