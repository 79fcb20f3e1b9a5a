import type { Resource } from '@berth/api';
import type { Fabric } from '../fabric/fabric.ts';
import type { FindingCode } from '../finding/catalogue.ts';
import type { Finding } from '../finding/finding.ts';

/** One mistake of a user's and the one finding it must be. */
export type BadCase = {
  readonly what: string;
  /** Objects in place of, or beside, those of the field story. */
  readonly objects: readonly Resource[];
  readonly fabric?: Fabric;
  readonly expected: Partial<Finding> & { readonly code: FindingCode };
  /** What is said about other objects, in the order of findings. */
  readonly also?: readonly Partial<Finding>[];
  /** Whether the field story's own floating IP is compiled all the same. */
  readonly rest?: false;
};
