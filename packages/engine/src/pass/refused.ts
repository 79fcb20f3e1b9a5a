import { formatRef, type Resource, refKey, refOf } from '@berth/api';
import { type Finding, finding, type IntentResult } from '@berth/core';
import { SourceFault } from '@berth/source';

/** What a cluster refused of what was to be stored first. */
export type Refused = {
  /** By `refKey`: the object, and why. */
  readonly objects: Map<string, { readonly object: Resource; readonly why: string }>;
  /** The first refusal; undefined while there is none. */
  fault: SourceFault | undefined;
};

export function nothingRefused(): Refused {
  return { objects: new Map(), fault: undefined };
}

/** Keeps what a fault says was refused of these objects. Throws the fault where it is of another sort, or says nothing new. */
export function keepRefused(refused: Refused, fault: unknown, asked: readonly Resource[]): void {
  const why = fault instanceof SourceFault ? fault.refused : undefined;
  const fresh = asked.filter((object) => {
    const key = refKey(refOf(object));
    return why?.has(key) === true && !refused.objects.has(key);
  });
  if (!(fault instanceof SourceFault) || fresh.length === 0) throw fault;
  for (const object of fresh) {
    const key = refKey(refOf(object));
    refused.objects.set(key, { object, why: why?.get(key) ?? fault.message });
  }
  refused.fault ??= fault;
}

/**
 * A result that tells of what was refused, on the object itself. That others refer to something that does not exist is not true of what is
 * only left out: they wait for it.
 */
export function withRefusals(result: IntentResult, { objects }: Refused): IntentResult {
  if (objects.size === 0) return result;
  const names = [...objects.values()].map(({ object }) => formatRef(refOf(object)));
  const isMistaken = ({ code, message }: Finding): boolean =>
    code === 'reference-not-found' && names.some((name) => message === `${name} does not exist`);
  const told = [...objects.values()].map(({ object, why }) => {
    const ref = refOf(object);
    return finding('write-refused', {
      object: ref,
      message: `what is to be stored of ${formatRef(ref)} is refused: ${why}`,
      cure: 'lift what refuses it: it is tried again by itself',
    });
  });
  return { ...result, findings: [...result.findings.filter((each) => !isMistaken(each)), ...told] };
}
