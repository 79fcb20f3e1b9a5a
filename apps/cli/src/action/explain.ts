import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { nearest } from '@berth/api';
import { catalogue, reasonOf } from '@berth/core';
import { CliFault } from '../context/cli-fault.ts';
import type { Invocation } from '../context/invocation.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';

/** Where the pages are, seen from this file. */
const pages = path.join(import.meta.dirname, '../../../../docs/findings');

export async function run({ words: [word = ''], terminal }: Invocation): Promise<ExitCode> {
  const code = codeOf(word);
  terminal.out.write(await readFile(path.join(pages, `${code}.md`), 'utf8'));
  return exitCodes.fine;
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
