import { nearest } from '@berth/api';
import { catalogue, reasonOf } from '@berth/core';
import { CliFault } from '../context/cli-fault.ts';
import { shippedFiles } from '../context/shipped-files.ts';

/** The page of a finding, by its code or by a condition's reason. Throws CliFault `not-found`. */
export async function findingPage(word: string): Promise<string> {
  const code = codeOf(word);
  const page = (await shippedFiles('docs/findings'))[`${code}.md`];
  if (page === undefined) throw new Error(`docs/findings has no ${code}.md`);
  return page;
}

/** The code a word means: the code itself, or a condition's reason. */
function codeOf(word: string): string {
  const codes = keysOf(catalogue);
  const found = codes.find((code) => code === word || reasonOf(code) === word);
  if (found !== undefined) return found;
  const near = nearest(word, codes) ?? nearest(word, codes.map(reasonOf));
  throw new CliFault(
    'not-found',
    `there is no finding "${word}"`,
    near === undefined ? `there is ${codes.join(', ')}` : `did you mean ${near}?`,
  );
}

function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): readonly Key[] {
  const isKey = (text: string): text is Key => text in record;
  return Object.keys(record).filter(isKey);
}
