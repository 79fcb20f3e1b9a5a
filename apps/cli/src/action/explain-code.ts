import { nearest } from '@berth/api';
import { catalogue, reasonOf, targetForms } from '@berth/core';
import { CliFault } from '../context/cli-fault.ts';
import { shippedFiles } from '../context/shipped-files.ts';

/** The page of a finding, by its code or by a condition's reason. Throws CliFault `not-found`. */
export async function findingPage(word: string): Promise<string> {
  const code = codeOf(word) ?? notFound(word);
  const page = (await shippedFiles('docs/findings'))[`${code}.md`];
  if (page === undefined) throw new Error(`docs/findings has no ${code}.md`);
  return page;
}

/** The code a word means: the code itself, or a condition's reason; undefined when it is none. */
export function codeOf(word: string): string | undefined {
  return keysOf(catalogue).find((code) => code === word || reasonOf(code) === word);
}

function notFound(word: string): never {
  const codes = keysOf(catalogue);
  const near = nearest(word, codes) ?? nearest(word, codes.map(reasonOf));
  throw new CliFault(
    'not-found',
    `"${word}" is neither a target nor the code of a finding`,
    near === undefined
      ? `name ${targetForms}, or a code that a command told, such as no-gateway`
      : `did you mean ${near}?`,
  );
}

function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): readonly Key[] {
  const isKey = (text: string): text is Key => text in record;
  return Object.keys(record).filter(isKey);
}
