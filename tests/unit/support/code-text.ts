type Kind = 'code' | 'comment' | 'text';
type Span = { readonly kind: Kind; readonly from: number; readonly to: number };

const comment = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const quoted = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/sy;
const templateChunk = /[`}](?:\\.|\$(?!\{)|[^`\\$])*(?:`|\$\{)/sy;
const regularExpression =
  /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])*\/[a-z]*/y;

/** Where a slash begins a regular expression and does not divide. */
const expectsValue =
  /(?:^|[([{,;=:!&|?+\-*%~^<>]|\b(?:return|typeof|case|in|of|do|else|void|throw|await|yield))$/;

/** Source text with comments and the contents of strings, templates and regular expressions replaced by blanks. */
export function codeOnly(source: string): string {
  return blank(source, ['comment', 'text']);
}

/** Source text with comments replaced by blanks. */
export function withoutComments(source: string): string {
  return blank(source, ['comment']);
}

function blank(source: string, kinds: readonly Kind[]): string {
  return scan(source)
    .map(({ kind, from, to }) => {
      const part = source.slice(from, to);
      return kinds.includes(kind) ? part.replace(/[^\n]/g, ' ') : part;
    })
    .join('');
}

/** Cuts a source into adjoining spans. Code inside `${}` of a template is code. */
function scan(source: string): readonly Span[] {
  const spans: Span[] = [];
  const openBraces: number[] = [];
  let lastCode = '';
  for (let at = 0; at < source.length; ) {
    const { kind, to } = next(source, at, lastCode, openBraces.at(-1) === 0);
    const part = source.slice(at, to);
    if (kind === 'code') {
      countBraces(part, openBraces);
      if (part.trim() !== '') lastCode = (lastCode + part).slice(-12);
    } else if (kind === 'text') {
      if (part.startsWith('}')) openBraces.pop();
      if (/^[`}]/.test(part) && part.endsWith('${')) openBraces.push(0);
      lastCode = part.endsWith('${') ? '(' : 'x';
    }
    spans.push({ kind, from: at, to });
    at = to;
  }
  return spans;
}

function countBraces(character: string, openBraces: number[]): void {
  const open = openBraces.at(-1);
  if (open === undefined) return;
  if (character === '{') openBraces[openBraces.length - 1] = open + 1;
  if (character === '}') openBraces[openBraces.length - 1] = open - 1;
}

function next(
  source: string,
  at: number,
  lastCode: string,
  closesTemplate: boolean,
): { kind: Kind; to: number } {
  const character = source[at];
  const end = (pattern: RegExp): number | undefined => {
    pattern.lastIndex = at;
    return pattern.test(source) ? pattern.lastIndex : undefined;
  };
  const as = (kind: Kind, to: number | undefined) => ({ kind, to: to ?? at + 1 });
  if (character === "'" || character === '"') return as('text', end(quoted));
  if (character === '`' || (character === '}' && closesTemplate)) return as('text', end(templateChunk));
  if (character !== '/') return as('code', undefined);
  const commentEnd = end(comment);
  if (commentEnd !== undefined) return as('comment', commentEnd);
  const expressionEnd = expectsValue.test(lastCode.trimEnd()) ? end(regularExpression) : undefined;
  return expressionEnd === undefined ? as('code', undefined) : as('text', expressionEnd);
}
