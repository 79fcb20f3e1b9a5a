import { harmless, width } from './table.ts';

/** Text in lines of at most `columns`, each after `indent`. A longer word has a line of its own. No columns: one line. */
export function wrap(text: string, indent: string, columns: number | undefined): string {
  const room = Math.max(20, (columns ?? Number.POSITIVE_INFINITY) - indent.length);
  const lines: string[] = [];
  for (const word of harmless(text).split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && width(last) + 1 + width(word) <= room)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => `${indent}${line}\n`).join('');
}
