import { expect, test } from 'vitest';
import { catalogue } from '../../packages/core/src/finding/catalogue.ts';
import { readText, repositoryFiles, sourceFiles } from './support/repository.ts';

const codes = Object.keys(catalogue);
const pages = repositoryFiles().flatMap((path) => /^docs\/findings\/([^/]+)\.md$/.exec(path)?.[1] ?? []);
const folderPages = ['README', 'index'];

/** The names in `wanted` that are not in `present`. */
function absent(wanted: readonly string[], present: readonly string[]): readonly string[] {
  return wanted.filter((name) => !present.includes(name));
}

test('every code has a page and every page a code', () => {
  expect({
    withoutPage: absent(codes, pages),
    withoutCode: absent(pages, [...codes, ...folderPages]),
  }).toEqual({
    withoutPage: [],
    withoutCode: [],
  });
});

test('a page is headed by its code', () => {
  const wrong = absent(pages, folderPages).filter(
    (code) => !readText(`docs/findings/${code}.md`).split('\n')[0]?.includes(code),
  );
  expect(wrong).toEqual([]);
});

test('every code is made somewhere', () => {
  const sources = sourceFiles({ tests: false })
    .filter((path) => path.startsWith('packages/') && !path.endsWith('finding/catalogue.ts'))
    .map(readText);
  expect(codes.filter((code) => !sources.some((source) => source.includes(`'${code}'`)))).toEqual([]);
});

test('codes are words in kebab-case', () => {
  expect(codes.filter((code) => !/^[a-z]+(-[a-z0-9]+)*$/.test(code))).toEqual([]);
});

test('a missing name is told', () => {
  expect(absent(['a', 'b'], ['b'])).toEqual(['a']);
});

test('a cure goes on after its message and a semicolon, so it begins in lower case', () => {
  const begun = /cure\w*\s*(?::|=|\?\?)\s*(?:[^'"`;{}]*\?\s*)?['"`][A-Z][a-z]+ [^'"`]*/gi;
  const wrong = sourceFiles({ tests: false })
    .filter((path) => /^(packages|apps)\//.test(path))
    .flatMap((path) => (readText(path).match(begun) ?? []).map((text) => `${path}: ${text}`))
    .filter((text) => /['"`][A-Z]/.test(text));
  expect(wrong).toEqual([]);
});
