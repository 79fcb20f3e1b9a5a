import { expect, test } from 'vitest';
import { manifests } from './support/manifest.ts';
import { readText } from './support/repository.ts';

/** The packages that a page lists: the first cell of each table row that begins with code. */
function listed(page: string): readonly string[] {
  return [...page.matchAll(/^\|\s*`([^`]+)`\s*\|/gm)].map(([, name]) => name ?? '');
}

test('docs/dependencies.md lists exactly the packages that are depended on', () => {
  const used = manifests()
    .flatMap(({ dependencies, devDependencies }) => Object.keys({ ...dependencies, ...devDependencies }))
    .filter((name) => !name.startsWith('@berth/'));
  expect(listed(readText('docs/dependencies.md')).toSorted()).toEqual([...new Set(used)].toSorted());
});

test('a row is a package, prose and headings are not', () => {
  expect(listed('`a` is good\n| package | why |\n|---|---|\n| `b` | x |\n| `@c/d` | y `e` |\n')).toEqual([
    'b',
    '@c/d',
  ]);
});
