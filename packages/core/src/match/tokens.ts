/** A word of a match. */
export type Token = {
  readonly sort: 'name' | 'set' | 'group' | 'text' | 'number' | 'sign' | 'end';
  /** As it is written; of a text, a set and a group what is in its quotes or after its sign. */
  readonly text: string;
  /** Where it begins and ends in the match. */
  readonly from: number;
  readonly to: number;
};

/** Words of a match, or what of it is none (a clause); undefined where that is not known. */
export type Tokens = { readonly tokens: readonly Token[] } | { readonly fault: string | undefined };

const blank = /[\t\n\v\f\r ]+/y;
const text = /"((?:[^"\\\n]|\\["\\/bfnrt])*)"/y;
const named = /([$@]?)([A-Za-z_][A-Za-z0-9_.]*)/y;
/** Begins as a number does, or with letters that a colon makes one: `fd00::1`. */
const number = /(?=[0-9]|[0-9A-Fa-f]*:)(?:(?!\.\.)[0-9A-Za-z.:*])+(?:\/(?:(?!\.\.)[0-9A-Za-z.:*])*)?/y;
const sign = /&&|\|\||[=!<>]=|\.\.|[!<>=(){},[\];-]/y;

/** Cuts a match into words, as OVN does (ovn-sb(5), Logical_Flow match). */
export function tokensOf(match: string): Tokens {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(match);
    if (found === null) return undefined;
    at = pattern.lastIndex;
    return found;
  };
  while (at < match.length) {
    if (take(blank)) continue;
    // Comments: whether OVN reads one depends on what it puts after the match.
    if (match.startsWith('//', at) || match.startsWith('/*', at)) return { fault: undefined };
    const from = at;
    const found = wordAt(take);
    if (found === undefined) return { fault: strayAt(match, at) };
    tokens.push({ sort: found[0], text: found[1], from, to: at });
  }
  return { tokens };
}

function wordAt(take: (pattern: RegExp) => RegExpExecArray | undefined): Word | undefined {
  const quoted = take(text);
  if (quoted) return ['text', quoted[1] ?? ''];
  const value = take(number);
  if (value) return ['number', value[0]];
  const name = take(named);
  if (name) return [name[1] === '$' ? 'set' : name[1] === '@' ? 'group' : 'name', name[2] ?? ''];
  const other = take(sign);
  return other && ['sign', other[0]];
}

type Word = readonly [sort: Token['sort'], text: string];

/** What is wrong at a place where no word begins. */
function strayAt(match: string, at: number): string | undefined {
  const rest = match.slice(at);
  const [character = ''] = rest;
  if (character === '"') return /^"[^"]*$/.test(rest) ? 'a quotation mark is not closed' : undefined;
  if (character === '&' || character === '|')
    return `${character} is no operator, ${character}${character} is one`;
  if (character === '$' || character === '@') return `no name follows ${character}`;
  // Newer releases may use more of ASCII's signs than 23.03 does; none has these.
  return /^[*/.'`#%?~\\\u0080-\uffff]/.test(rest) ? `${character} has no meaning there` : undefined;
}

/** The words of one sort that a match has; none of one that cannot be cut into words. */
export function wordsOf(match: string, sort: Token['sort']): readonly string[] {
  const found = tokensOf(match);
  return 'tokens' in found ? found.tokens.flatMap((token) => (token.sort === sort ? token.text : [])) : [];
}

/** A word as it is written, to name it to a person. */
export function spelled({ sort, text }: Pick<Token, 'sort' | 'text'>): string {
  switch (sort) {
    case 'end':
      return 'the end';
    case 'set':
      return `$${text}`;
    case 'group':
      return `@${text}`;
    case 'text':
      return `"${text}"`;
    default:
      return text;
  }
}
