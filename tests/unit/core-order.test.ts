import { expect, test } from 'vitest';
import { importsOf, resolveImport } from './support/imports.ts';
import { readText, sourceFiles } from './support/repository.ts';

/**
 * What each part of core may import: match, memo and finding < fabric < intent < compile < plan, compile < status, compile < order, intent < admit, fabric < analyse.
 * `testing` is for tests, which may import it from anywhere.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  match: [],
  memo: [],
  finding: [],
  fabric: ['memo', 'finding'],
  intent: ['match', 'memo', 'finding', 'fabric'],
  compile: ['finding', 'fabric', 'intent'],
  plan: ['finding', 'fabric', 'intent', 'compile'],
  status: ['memo', 'finding', 'fabric', 'intent', 'compile'],
  order: ['memo', 'finding', 'fabric', 'intent', 'compile'],
  admit: ['finding', 'fabric', 'intent'],
  analyse: ['match', 'memo', 'finding', 'fabric'],
  testing: ['finding', 'fabric', 'intent', 'compile', 'plan', 'status', 'order', 'admit', 'analyse'],
};

function partOf(path: string): string | undefined {
  return /^packages\/core\/src\/([^/]+)\//.exec(path)?.[1];
}

function wrongImports(file: string, source: string): readonly string[] {
  const part = partOf(file);
  if (part === undefined) return [];
  if (mayImport[part] === undefined) return [`${file}: core has no part ${part}`];
  return importsOf(source).filter((specifier) => {
    const target = resolveImport(file, specifier);
    if (!target.startsWith('packages/core/')) return specifier === '@berth/core';
    const wanted = partOf(target);
    return wanted === undefined || (wanted !== part && !mayImport[part]?.includes(wanted));
  });
}

test('the parts of core import one way', () => {
  const wrong = sourceFiles({ tests: false }).flatMap((file) =>
    wrongImports(file, readText(file)).map((specifier) => `${file}: ${specifier}`),
  );
  expect(wrong).toEqual([]);
});

test.each([
  ['intent', '../plan/plan.ts', true],
  ['analyse', '../plan/plan.ts', true],
  ['plan', '../analyse/verdict.ts', true],
  ['plan', '../testing/settle.ts', true],
  ['finding', '../index.ts', true],
  ['finding', '@berth/core', true],
  ['plan', '../compile/row.ts', false],
  ['plan', './change.ts', false],
  ['finding', '@berth/net', false],
])('a file of %s that imports %s is wrong: %s', (part, specifier, isWrong) => {
  const found = wrongImports(`packages/core/src/${part}/x.ts`, `import { x } from '${specifier}';`);
  expect(found).toEqual(isWrong ? [specifier] : []);
});

test('a new part must be given its place', () => {
  expect(wrongImports('packages/core/src/novel/x.ts', '')).toHaveLength(1);
});
