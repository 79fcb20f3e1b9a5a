import { expect, test } from 'vitest';
import { referencePage } from './generate-ovsdb-reference.ts';
import { declarationOf, exportsOf } from './ovsdb-reference/source.ts';

test('names are found wherever they come from', () => {
  const index = "export type { A } from './a.ts';\nexport {\n  b,\n  type C,\n} from './b.ts';\n";
  expect(exportsOf(index)).toEqual([
    { name: 'A', from: './a.ts' },
    { name: 'b', from: './b.ts' },
    { name: 'C', from: './b.ts' },
  ]);
});

test('a declaration comes with its comment and without its body', () => {
  const source = [
    '/** Another. */',
    'const x = 1;',
    '/**',
    ' * Adds; `a` first.',
    ' * Second line.',
    ' */',
    'export async function add(a: number): {',
    '  readonly sum: number;',
    '} {',
    "  return { sum: a, text: '}' };",
    '}',
    '',
    "export type Kind = 'a;b' | { readonly c: string };",
    'export class Room {',
    '  readonly #secret = 1;',
    '  /** Its name. */',
    '  readonly name: string;',
    '',
    '  /** Opens. */',
    '  async open(force: boolean): Promise<void> {',
    '    if (force) return;',
    '  }',
    '',
    '  #hide(): void {}',
    '}',
    '',
  ].join('\n');
  expect(declarationOf(source, 'add')).toEqual({
    name: 'add',
    doc: 'Adds; `a` first.\nSecond line.',
    code: 'export declare function add(a: number): {\n  readonly sum: number;\n};',
  });
  expect(declarationOf(source, 'Kind')?.code).toBe("export type Kind = 'a;b' | { readonly c: string };");
  expect(declarationOf(source, 'Room')?.code).toBe(
    'export declare class Room {\n  /** Its name. */\n  readonly name: string;\n  /** Opens. */\n  open(force: boolean): Promise<void>;\n}',
  );
  expect(declarationOf(source, 'nothing')).toBeUndefined();
});

test('the page has every entry point, and a word about every function and class', async () => {
  const page = await referencePage();
  expect([...page.matchAll(/^## (.+)$/gm)].map(([, title]) => title)).toEqual(
    ['', '/value', '/schema', '/check', '/file', '/testing'].map((path) => `\`@berth/ovsdb${path}\``),
  );
  const entries = page.split(/^### /m).slice(1);
  const silent = entries.filter(
    (entry) => /```ts\nexport declare (function|class|const)/.test(entry) && /^\w+\n\n```/.test(entry),
  );
  expect(silent.map((entry) => entry.split('\n')[0])).toEqual([]);
});
