import { expect, test } from 'vitest';
import { importsOf, resolveImport } from './imports.ts';

test('every form of import is seen, in order', () => {
  const source = [
    "import type { A } from '@berth/a';",
    'import {\n  b,\n  c,\n} from "./b.ts";',
    "export { d } from '../d.ts';",
    "export * from 'e';",
    "import 'f';",
    "const g = await import('g');",
  ].join('\n');
  expect(importsOf(source)).toEqual(['@berth/a', './b.ts', '../d.ts', 'e', 'f', 'g']);
});

test('comments and strings import nothing', () => {
  expect(importsOf("// import 'a';\nconst b = \"import 'b'\"; const c = `import 'c'`;")).toEqual([]);
  expect(importsOf('export const x = 1; const from = "a";')).toEqual([]);
});

test('a relative specifier becomes a path from the top', () => {
  expect(resolveImport('packages/core/src/plan/plan.ts', '../finding/make.ts')).toBe(
    'packages/core/src/finding/make.ts',
  );
  expect(resolveImport('packages/core/src/plan/plan.ts', '@berth/net')).toBe('@berth/net');
});
