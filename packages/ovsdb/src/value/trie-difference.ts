import { type Branch, find, leaves, type Node } from './trie.ts';
import type { Atom } from './value.ts';

type Change<K, V> = { readonly key: K; readonly before: V | undefined; readonly after: V | undefined };
type Slot<K extends Atom, V> = Node<K, V> | undefined;

/** The keys whose values differ between two tries of which no value is `undefined`. Nodes that both share are not looked into. */
export function differingLeaves<K extends Atom, V>(
  before: Slot<K, V>,
  after: Slot<K, V>,
): readonly Change<K, V>[] {
  const changes: Change<K, V>[] = [];
  collect(before, after, 0, changes);
  return changes;
}

function collect<K extends Atom, V>(
  before: Slot<K, V>,
  after: Slot<K, V>,
  shift: number,
  changes: Change<K, V>[],
): void {
  if (before === after) return;
  if (before?.kind === 'branch' && after?.kind === 'branch') {
    collectBranches(before, after, shift, changes);
    return;
  }
  for (const { hash, key, value } of leaves(before)) {
    const other = find(after, hash, key, shift)?.value;
    if (other !== value) changes.push({ key, before: value, after: other });
  }
  for (const { hash, key, value } of leaves(after)) {
    if (find(before, hash, key, shift) === undefined) changes.push({ key, before: undefined, after: value });
  }
}

/** Walks the slots that either branch has, in their order. */
function collectBranches<K extends Atom, V>(
  before: Branch<K, V>,
  after: Branch<K, V>,
  shift: number,
  changes: Change<K, V>[],
): void {
  let left = 0;
  let right = 0;
  for (let slots = before.bitmap | after.bitmap; slots !== 0; slots &= slots - 1) {
    const bit = slots & -slots;
    const one = (before.bitmap & bit) === 0 ? undefined : before.children[left++];
    const other = (after.bitmap & bit) === 0 ? undefined : after.children[right++];
    if (one !== other) collect(one, other, shift + 5, changes);
  }
}
