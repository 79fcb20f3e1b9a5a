import { type Branch, find, leaves, type Node } from './trie.ts';
import type { Atom } from './value.ts';

type Change<K, V> = { readonly key: K; readonly before: V | undefined; readonly after: V | undefined };
type Slot<K extends Atom, V> = Node<K, V> | undefined;

/** The keys whose values differ between two tries of which no value is `undefined`. Nodes that both share are not looked into. */
export function* differingLeaves<K extends Atom, V>(
  before: Slot<K, V>,
  after: Slot<K, V>,
  shift = 0,
): Generator<Change<K, V>, undefined, unknown> {
  if (before === after) return;
  if (before?.kind === 'branch' && after?.kind === 'branch') {
    for (let slot = 0; slot < 32; slot++) {
      yield* differingLeaves(childAt(before, slot), childAt(after, slot), shift + 5);
    }
    return;
  }
  for (const { hash, key, value } of leaves(before)) {
    const other = find(after, hash, key, shift)?.value;
    if (other !== value) yield { key, before: value, after: other };
  }
  for (const { hash, key, value } of leaves(after)) {
    if (find(before, hash, key, shift) === undefined) yield { key, before: undefined, after: value };
  }
}

function childAt<K extends Atom, V>(branch: Branch<K, V>, slot: number): Slot<K, V> {
  const bit = 1 << slot;
  if ((branch.bitmap & bit) === 0) return undefined;
  let position = 0;
  for (let lower = branch.bitmap & (bit - 1); lower !== 0; lower &= lower - 1) position++;
  return branch.children[position];
}
