import type { Atom } from './value.ts';

/*
 * A hash array mapped trie. Each level takes five bits of the 32-bit hash:
 *
 *   branch (bits 0-4)  ── bitmap says which of 32 slots exist, children holds just those
 *     ├─ leaf              a key alone under its slot
 *     └─ branch (bits 5-9)
 *          ├─ leaf
 *          └─ leaf ─next─ leaf     keys whose whole hash is equal, in key order
 *
 * The shape depends on the contents only, never on the order of edits, so equal maps iterate equally
 * and two maps can be compared by skipping every node they share.
 */

export type Leaf<K extends Atom, V> = {
  readonly kind: 'leaf';
  readonly hash: number;
  readonly key: K;
  readonly value: V;
  readonly next: Leaf<K, V> | undefined;
};

export type Branch<K extends Atom, V> = {
  readonly kind: 'branch';
  bitmap: number;
  readonly children: Node<K, V>[];
  /** The edit that made this branch and may therefore change it in place. */
  readonly owner: Edit;
};

export type Node<K extends Atom, V> = Leaf<K, V> | Branch<K, V>;

/** One batch of changes. Branches made within it are changed in place; all others are copied. */
export type Edit = { size: number };

/** A 32-bit hash of a key. Equal keys hash equally on every machine. */
export function hashOf(key: Atom): number {
  const text = typeof key === 'string' ? key : String(key);
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

/** The leaf of `key` below a node that is `depth` hash bits deep, or `undefined`. */
export function find<K extends Atom, V>(
  root: Node<K, V> | undefined,
  hash: number,
  key: K,
  depth = 0,
): Leaf<K, V> | undefined {
  let node = root;
  for (let shift = depth; node !== undefined && node.kind === 'branch'; shift += 5) {
    const bit = bitOf(hash, shift);
    node = (node.bitmap & bit) === 0 ? undefined : node.children[positionOf(node.bitmap, bit)];
  }
  let leaf = node;
  while (leaf !== undefined && leaf.key !== key) leaf = leaf.next;
  return leaf;
}

/** The trie with `key` set to `value`; the same node when it already was. */
export function put<K extends Atom, V>(
  node: Node<K, V> | undefined,
  shift: number,
  leaf: Leaf<K, V>,
  edit: Edit,
): Node<K, V> {
  if (node === undefined) {
    edit.size++;
    return leaf;
  }
  if (node.kind === 'leaf') {
    if (node.hash === leaf.hash) return putInChain(node, leaf, edit);
    const branch: Branch<K, V> = {
      kind: 'branch',
      bitmap: bitOf(node.hash, shift),
      children: [node],
      owner: edit,
    };
    return put(branch, shift, leaf, edit);
  }
  const bit = bitOf(leaf.hash, shift);
  const position = positionOf(node.bitmap, bit);
  if ((node.bitmap & bit) === 0) {
    const target = editable(node, edit);
    target.children.splice(position, 0, leaf);
    target.bitmap |= bit;
    edit.size++;
    return target;
  }
  const child = node.children[position];
  const changed = put(child, shift + 5, leaf, edit);
  return changed === child ? node : withChild(node, position, changed, edit);
}

/** The trie without `key`; the same node when it was not there. */
export function remove<K extends Atom, V>(
  node: Node<K, V> | undefined,
  shift: number,
  hash: number,
  key: K,
  edit: Edit,
): Node<K, V> | undefined {
  if (node === undefined) return undefined;
  if (node.kind === 'leaf') return node.hash === hash ? removeFromChain(node, key, edit) : node;
  const bit = bitOf(hash, shift);
  if ((node.bitmap & bit) === 0) return node;
  const position = positionOf(node.bitmap, bit);
  const child = node.children[position];
  const changed = remove(child, shift + 5, hash, key, edit);
  if (changed === child) return node;
  if (changed !== undefined) {
    const alone = node.children.length === 1 && changed.kind === 'leaf';
    return alone ? changed : withChild(node, position, changed, edit);
  }
  if (node.children.length === 1) return undefined;
  const last = node.children[1 - position];
  if (node.children.length === 2 && last?.kind === 'leaf') return last;
  const target = editable(node, edit);
  target.children.splice(position, 1);
  target.bitmap &= ~bit;
  return target;
}

/** Every leaf, in an order that depends on the keys only. */
export function* leaves<K extends Atom, V>(
  root: Node<K, V> | undefined,
): Generator<Leaf<K, V>, undefined, unknown> {
  const stack: Node<K, V>[] = root === undefined ? [] : [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.kind === 'branch') {
      for (let index = node.children.length - 1; index >= 0; index--) {
        const child = node.children[index];
        if (child !== undefined) stack.push(child);
      }
    } else {
      for (let leaf: Leaf<K, V> | undefined = node; leaf !== undefined; leaf = leaf.next) yield leaf;
    }
  }
}

function bitOf(hash: number, shift: number): number {
  return 1 << ((hash >>> shift) & 31);
}

/** How many slots below `bit` exist: the place of its child among the children. */
function positionOf(bitmap: number, bit: number): number {
  let bits = bitmap & (bit - 1);
  bits -= (bits >>> 1) & 0x55555555;
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function editable<K extends Atom, V>(branch: Branch<K, V>, edit: Edit): Branch<K, V> {
  if (branch.owner === edit) return branch;
  return { kind: 'branch', bitmap: branch.bitmap, children: branch.children.slice(), owner: edit };
}

function withChild<K extends Atom, V>(
  branch: Branch<K, V>,
  position: number,
  child: Node<K, V>,
  edit: Edit,
): Branch<K, V> {
  const target = editable(branch, edit);
  target.children[position] = child;
  return target;
}

function putInChain<K extends Atom, V>(chain: Leaf<K, V>, leaf: Leaf<K, V>, edit: Edit): Leaf<K, V> {
  if (chain.key === leaf.key) return chain.value === leaf.value ? chain : { ...leaf, next: chain.next };
  if (leaf.key < chain.key) {
    edit.size++;
    return { ...leaf, next: chain };
  }
  if (chain.next === undefined) {
    edit.size++;
    return { ...chain, next: leaf };
  }
  const next = putInChain(chain.next, leaf, edit);
  return next === chain.next ? chain : { ...chain, next };
}

function removeFromChain<K extends Atom, V>(chain: Leaf<K, V>, key: K, edit: Edit): Leaf<K, V> | undefined {
  if (chain.key === key) {
    edit.size--;
    return chain.next;
  }
  if (chain.next === undefined) return chain;
  const next = removeFromChain(chain.next, key, edit);
  return next === chain.next ? chain : { ...chain, next };
}
