import type { FindingCode } from './catalogue.ts';
import type { RowId } from './row-id.ts';
import type { Severity } from './severity.ts';

/** An object as kubectl names it: `vpc/blue`, `pod/default/web`. */
export type ObjectRef = {
  readonly kind: string;
  /** Absent for cluster-scoped kinds. */
  readonly namespace?: string;
  readonly name: string;
};

/** A place in a file of the user's, counted from 1. */
export type Position = { readonly file: string; readonly line: number; readonly column: number };

/** Something about the user's input or network. Data: it is never thrown. */
export type Finding = {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** The object at fault; absent when the finding is about a whole file, node or database. */
  readonly object?: ObjectRef;
  /** Path of the field in the object, as kubectl explain writes it: `spec.ovnEip`, `spec.staticRoutes[0].cidr`. */
  readonly field?: string;
  /** Where the object's source has it. Filled in by the source, not by the core. */
  readonly at?: Position;
  /** What is wrong, with names and values. One sentence, no full stop. */
  readonly message: string;
  /** What to do. One sentence, no full stop. */
  readonly cure: string;
  /** Other objects that take part. */
  readonly related: readonly ObjectRef[];
  /** The rows that it is about, those that are there. The message names them for people; whoever asks for rows reads them here. */
  readonly rows: readonly RowId[];
};
