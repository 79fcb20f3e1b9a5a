import type { Tables } from '../value/value.ts';
import type { Follower } from './follower.ts';
import type { Selected } from './monitor-request.ts';
import type { Replica } from './replica.ts';

/** The replica of a selection of tables. */
export type ReplicaOf<T extends Tables, S> =
  Selected<T, S> extends infer Rows extends Tables ? Replica<Rows> : never;

/** The public face of a follower that has its contents. */
export function replicaOf<T extends Tables, S>(
  follower: Follower,
  close: () => Promise<void>,
): ReplicaOf<T, S> {
  const { snapshot: first } = follower;
  if (first === undefined) throw new TypeError('the follower has no contents yet');
  const replica: Replica = {
    snapshot: () => follower.snapshot ?? first,
    subscribe: (listener) => follower.listen(listener),
    close,
    [Symbol.asyncDispose]: close,
  };
  // Rows take their static type here: `T` is what the opener of the database says of it, `S` what was asked for.
  return replica as unknown as ReplicaOf<T, S>;
}
