import type { ResourceRef } from '../kind/ref.ts';

/** Something wrong with one object, seen from that object alone. */
export type Problem = {
  readonly problem: 'unknown-kind' | 'unknown-field' | 'wrong-type' | 'missing-field' | 'bad-value';
  /** Absent when the object does not even say what it is. */
  readonly object?: ResourceRef | undefined;
  /** `spec.staticRoutes[0].cidr`; empty when it is the object as a whole. */
  readonly field: string;
  /** What is wrong, with the value. One sentence, no full stop. */
  readonly message: string;
  /** What to do. One sentence, no full stop. */
  readonly cure: string;
  /** On an unknown kind: the object is properly versioned and of another API, so it is probably for somebody else. */
  readonly foreign?: true;
};
