import { runsOf } from './runs-of.ts';

/**
 * Texts in a row, each told by how it differs from the one before: `web-1,4~2,*3` is web-1, web-2 and that three times more. The inverse of
 * {@link readTextColumn}.
 */
export function textColumn(texts: readonly string[]): string {
  const runs = runsOf(texts.map(escaped), (before, text) => text === before);
  const items = runs.flatMap(({ first, more }, place) => {
    const item = afterPrefix(first, runs[place - 1]?.last ?? '');
    return more > 0 ? [item, `*${more}`] : [item];
  });
  return items.join(',');
}

/** The texts of a column; undefined where it is none, or has more than `most`. */
export function readTextColumn(column: string, most: number): readonly string[] | undefined {
  const texts: string[] = [];
  let before: string | undefined;
  for (const item of column.split(',')) {
    const [whole, again, shared, rest = ''] = /^(?:\*(\d{1,9})|(?:(\d{1,9})~)?([^~*]*))$/.exec(item) ?? [];
    if (whole === undefined || (again !== undefined && before === undefined)) return undefined;
    const text: string =
      again === undefined ? `${(before ?? '').slice(0, Number(shared ?? 0))}${rest}` : (before ?? '');
    const count = Number(again ?? 1);
    const plain = unescaped(text);
    if (plain === undefined || texts.length + count > most) return undefined;
    for (let left = count; left > 0; left -= 1) texts.push(plain);
    before = text;
  }
  return texts;
}

/** A prefix is named where that is shorter than to repeat it. */
function afterPrefix(text: string, before: string): string {
  let shared = 0;
  while (shared < before.length && text[shared] === before[shared]) shared += 1;
  return `${shared}~`.length < shared ? `${shared}~${text.slice(shared)}` : text;
}

/** A text without the characters that mean something in a column; what names of objects are made of stays as it is. */
function escaped(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%2F', '/')
    .replaceAll('%3A', ':')
    .replaceAll('~', '%7E')
    .replaceAll('*', '%2A');
}

function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
