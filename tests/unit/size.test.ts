import { expect, test } from 'vitest';
import { readText, sourceFiles } from './support/repository.ts';

const longestLines = 500;
const medianLines = 120;
const deepestFolders = 2;

function lineCount(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

function median(counts: readonly number[]): number {
  return counts.toSorted((left, right) => left - right)[Math.floor(counts.length / 2)] ?? 0;
}

/** Folders between `src` and the file. */
function depth(path: string): number {
  return path.split('/src/')[1]?.split('/').slice(1).length ?? 0;
}

test(`no source file is longer than ${longestLines} lines`, () => {
  const long = sourceFiles({ tests: true }).filter((path) => lineCount(readText(path)) > longestLines);
  expect(long).toEqual([]);
});

test(`half of the source files have at most ${medianLines} lines`, () => {
  const counts = sourceFiles({ tests: false }).map((path) => lineCount(readText(path)));
  expect(counts.length).toBeGreaterThan(0);
  expect(median(counts)).toBeLessThanOrEqual(medianLines);
});

test(`folders under src are at most ${deepestFolders} deep`, () => {
  expect(sourceFiles({ tests: true }).filter((path) => depth(path) > deepestFolders)).toEqual([]);
});

test('the measures measure', () => {
  expect([lineCount('a\nb\n'), lineCount('a\nb'), lineCount('')]).toEqual([2, 2, 1]);
  expect([median([9, 1, 5]), median([])]).toEqual([5, 0]);
  expect([depth('packages/x/src/a.ts'), depth('packages/x/src/a/b/c/d.ts'), depth('tools/a.ts')]).toEqual([
    0, 3, 0,
  ]);
});
