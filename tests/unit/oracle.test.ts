import { expect, test } from 'vitest';
import { importsOf, resolveImport } from './support/imports.ts';
import { readText, sourceFiles } from './support/repository.ts';

const home = 'packages/core/src/testing/oracle/';
const judged = ['packages/core/src/analyse/', 'packages/core/src/fabric/'];
const typeOnly = /\b(?:import|export) type [^'"]*?\bfrom\s*['"][^'"\n]+['"]/g;

/** What a file of the oracle imports as code from the analyser, or from what the analyser reads the network with. */
function borrowed(file: string, source: string): readonly string[] {
  return importsOf(source.replace(typeOnly, '')).filter((specifier) => {
    const target = resolveImport(file, specifier);
    return specifier === '@berth/core' || judged.some((part) => target.startsWith(part));
  });
}

test('the oracle shares no code with the analyser that it judges', () => {
  const files = sourceFiles({ tests: true }).filter((file) => file.startsWith(home));
  expect(files.length).toBeGreaterThan(3);
  expect(files.flatMap((file) => borrowed(file, readText(file)))).toEqual([]);
});

test.each([
  [`import { stateOf } from '../../analyse/state-of.ts';`, true],
  [`import { fabricOf } from '../../fabric/read.ts';`, true],
  [`import type { Failure } from '../../fabric/failure.ts';`, false],
  [`import { play } from './play.ts';`, false],
])('in a file of the oracle %s is wrong: %s', (source, isWrong) => {
  expect(borrowed(`${home}x.ts`, source)).toHaveLength(isWrong ? 1 : 0);
});
