/** A word of a match. */
export type Token = {
  readonly sort: 'name' | 'set' | 'group' | 'text' | 'number' | 'sign' | 'end';
  /** As it is written; of a text, a set and a group what is in its quotes or after its sign. */
  readonly text: string;
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
    const found = tokenAt(take);
    if (found === undefined) return { fault: strayAt(match, at) };
    tokens.push(found);
  }
  return { tokens };
}

function tokenAt(take: (pattern: RegExp) => RegExpExecArray | undefined): Token | undefined {
  const quoted = take(text);
  if (quoted) return { sort: 'text', text: quoted[1] ?? '' };
  const value = take(number);
  if (value) return { sort: 'number', text: value[0] };
  const name = take(named);
  if (name)
    return { sort: name[1] === '$' ? 'set' : name[1] === '@' ? 'group' : 'name', text: name[2] ?? '' };
  const other = take(sign);
  return other && { sort: 'sign', text: other[0] };
}

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
