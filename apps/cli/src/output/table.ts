import { printable } from '@berth/core';

/** What kubectl prints in a cell without a value. */
export const none = '<none>';

const gap = '   ';

/**
 * Columns as kubectl prints them: headings in capitals, values to the left, three blanks between, no blank at the end of a line. A
 * table without rows is empty.
 */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const lines = [headings.map((heading) => heading.toUpperCase()), ...rows.map((row) => row.map(harmless))];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => width(line[column] ?? ''))));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, column) => pad(cell, widths[column] ?? 0))
          .join(gap)
          .trimEnd()}\n`,
    )
    .join('');
}

/** The text with blanks behind it, up to a width. Colours take none. */
export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const escapes = /\u001b\[[0-9;]*m/g;

/** The text with control characters written out, but for colours: it may quote what users wrote. */
export function harmless(text: string): string {
  return text
    .split(colours)
    .map((part, place) => (place % 2 === 0 ? printable(part) : part))
    .join('');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const colours = /(\u001b\[[0-9;]*m)/;

/** How many columns a text takes on a terminal: colours take none. */
export function width(text: string): number {
  return text.replace(escapes, '').length;
}
