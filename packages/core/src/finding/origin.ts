import type { ObjectRef } from './finding.ts';

/** Where something comes from: an object, or one field of it as kubectl explain writes paths (`spec.ovnEip`). */
export type Origin = { readonly object: ObjectRef; readonly field?: string };

/** An origin; `field` may be left out. */
export function origin(object: ObjectRef, field?: string): Origin {
  return field === undefined ? { object } : { object, field };
}
