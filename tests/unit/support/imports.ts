import { posix } from 'node:path';
import { codeOnly, withoutComments } from './code-text.ts';

const statement =
  /\b(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"\n]+)['"]|\bimport\s*\(?\s*['"]([^'"\n]+)['"]/g;

/** The module specifiers that a source names in import and export statements and in `import()`, in order. */
export function importsOf(source: string): readonly string[] {
  const text = withoutComments(source);
  const code = codeOnly(source);
  return [...text.matchAll(statement)]
    .filter(({ index }) => code[index] !== ' ')
    .map(([, from, plain]) => from ?? plain ?? '');
}

/** What a specifier in a file means: a path from the top for a relative one, else the specifier itself. */
export function resolveImport(file: string, specifier: string): string {
  return specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : specifier;
}
