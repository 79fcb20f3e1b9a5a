import type { Atom } from '../value/value.ts';

/** The type of one atom with its constraints (RFC 7047 section 3.2, `<base-type>`). */
export type BaseType = {
  readonly kind: 'integer' | 'real' | 'boolean' | 'string' | 'uuid';
  /** The only values allowed, sorted. */
  readonly enum?: readonly Atom[];
  readonly minInteger?: number;
  readonly maxInteger?: number;
  readonly minReal?: number;
  readonly maxReal?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** The table that a `uuid` refers to. A strong reference keeps its row alive, a weak one disappears with it. */
  readonly refTable?: string;
  readonly refType?: 'strong' | 'weak';
};

/** How many elements a set or map may have. */
export type Cardinality = { readonly min: number; readonly max: number | 'unlimited' };

/** The type of a column (RFC 7047 section 3.2, `<type>`), told apart by the shape of its value. */
export type ColumnType =
  /** Exactly one atom. */
  | { readonly kind: 'atom'; readonly key: BaseType }
  /** An atom or `undefined`. */
  | { readonly kind: 'optional'; readonly key: BaseType }
  /** A set that may hold more than one atom. */
  | ({ readonly kind: 'set'; readonly key: BaseType } & Cardinality)
  | ({ readonly kind: 'map'; readonly key: BaseType; readonly value: BaseType } & Cardinality);

/** True when the server describes a change of such a column by its difference and not by its new value (ovsdb-server(7), `<row-update2>`). */
export function changesByDifference(type: ColumnType): boolean {
  return (type.kind === 'set' || type.kind === 'map') && type.max !== 1;
}
