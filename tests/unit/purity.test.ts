import { expect, test } from 'vitest';
import { codeOnly } from './support/code-text.ts';
import { importsOf } from './support/imports.ts';
import { readText, sourceFiles } from './support/repository.ts';

const pureFolders = [
  ...['net', 'ovn', 'api', 'core'].map((room) => `packages/${room}/src/`),
  ...['value', 'schema', 'check', 'file'].map((part) => `packages/ovsdb/src/${part}/`),
];

/** Names of the outside world. A property of that name (`x.process`) or a field (`process:`) is not one. */
const worldly =
  /(?<![.\w$#])(?:globalThis|window|self|navigator|performance|crypto|process|Buffer|require|fetch|Date|WeakRef|FinalizationRegistry|setTimeout|setInterval|setImmediate|queueMicrotask|console)\b(?!\s*\??:)/g;
/** Members whose result depends on chance, time or the machine's language. */
const unsteady =
  /\bMath\s*\.\s*random\b|\bimport\s*\.\s*meta\b|\bIntl\s*\.\s*\w*(?:DateTime|Time|Duration)\w*|\bIntl\b(?!\s*\.)|\.\s*(?:localeCompare|toLocale\w+)\b/g;

function impurities(source: string): readonly string[] {
  const code = codeOnly(source);
  const nodeModules = importsOf(source).filter((specifier) => specifier.startsWith('node:'));
  return [...(code.match(worldly) ?? []), ...(code.match(unsteady) ?? []), ...nodeModules];
}

test('pure rooms know no clock, chance, environment or machine', () => {
  const files = sourceFiles({ tests: false }).filter((file) =>
    pureFolders.some((folder) => file.startsWith(folder)),
  );
  const wrong = files.flatMap((file) => impurities(readText(file)).map((what) => `${file}: ${what}`));
  expect(files.length).toBeGreaterThan(0);
  expect(wrong).toEqual([]);
});

test.each([
  ['const id = Math.random();', 'Math.random'],
  ['const { random } = Math; Math\n.random()', 'Math\n.random'],
  ['const now = new Date();', 'Date'],
  ['const t = performance.now()', 'performance'],
  ["globalThis['process']", 'globalThis'],
  ['new Intl.DateTimeFormat()', 'Intl.DateTimeFormat'],
  ['const { DateTimeFormat } = Intl;', 'Intl'],
  [`\`\${process.pid}\``, 'process'],
  ['crypto.randomUUID()', 'crypto'],
  ['a.localeCompare(b)', '.localeCompare'],
  ["import { readFileSync } from 'node:fs';", 'node:fs'],
])('%j is impure', (source, what) => {
  expect(impurities(source)).toEqual([what]);
});

test.each([
  '// Math.random, new Date\nconst x = 1;',
  "const text = 'process and Date';",
  'type Row = { readonly process: string; crypto?: number };',
  'row.process; state.performance.value; this.#crypto',
  'new Intl.Collator("en")',
  'const updateDate = dateOf(x);',
])('%j is pure', (source) => {
  expect(impurities(source)).toEqual([]);
});
