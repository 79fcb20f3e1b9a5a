import { expect, test } from 'vitest';
import { type Edit, hashOf, leaves, type Node, put, remove } from './trie.ts';

function leafOf(key: string) {
  return { kind: 'leaf', hash: hashOf(key), key, value: key, next: undefined } as const;
}

function trieOf(keys: readonly string[]): Node<string, string> | undefined {
  const edit: Edit = { size: 0 };
  let root: Node<string, string> | undefined;
  for (const key of keys) root = put(root, 0, leafOf(key), edit);
  return root;
}

function branchesOf(root: Node<string, string> | undefined): readonly Node<string, string>[] {
  if (root?.kind !== 'branch') return [];
  return [root, ...root.children.flatMap(branchesOf)];
}

const keys = Array.from({ length: 48_000 }, (_, index) => `key-${index}`);

test('adding one key to 48,000 copies only the branches on its path', () => {
  const before = trieOf(keys);
  const after = put(before, 0, leafOf('one more'), { size: keys.length });
  const shared = new Set(branchesOf(before));
  const copied = branchesOf(after).filter((branch) => !shared.has(branch));
  expect(shared.size).toBeGreaterThan(1_000);
  expect(copied.length).toBeGreaterThan(0);
  expect(copied.length).toBeLessThanOrEqual(7);
});

test('removing one key of 48,000 copies only the branches on its path', () => {
  const before = trieOf(keys);
  const after = remove(before, 0, hashOf('key-7'), 'key-7', { size: keys.length });
  const shared = new Set(branchesOf(before));
  expect(branchesOf(after).filter((branch) => !shared.has(branch)).length).toBeLessThanOrEqual(7);
  expect([...leaves(after)]).toHaveLength(keys.length - 1);
});

test.each([100, 10, 3, 2, 1])(
  'a trie cut back to %d keys has the shape of one that never held others',
  (kept) => {
    const edit: Edit = { size: 0 };
    let root = trieOf(keys.slice(0, 5_000));
    for (const key of keys.slice(kept, 5_000)) root = remove(root, 0, hashOf(key), key, edit);
    const shapeOf = (node: Node<string, string> | undefined): unknown =>
      node?.kind === 'branch' ? [node.bitmap, node.children.map(shapeOf)] : node?.key;
    expect(shapeOf(root)).toEqual(shapeOf(trieOf(keys.slice(0, kept))));
  },
);

test('a trie without its last key is none', () => {
  expect(remove(trieOf(['a']), 0, hashOf('a'), 'a', { size: 1 })).toBeUndefined();
});
