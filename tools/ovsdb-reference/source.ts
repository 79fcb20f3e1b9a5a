/** What a file exports under a name: its doc comment as text and its declaration without a body. */
export type Declaration = { readonly name: string; readonly doc: string; readonly code: string };

/** The names that an index file passes on, and from which file. */
export function exportsOf(index: string): readonly { readonly name: string; readonly from: string }[] {
  return [...index.matchAll(/export (?:type )?\{([^}]*)\} from '([^']+)';/g)].flatMap(
    ([, names = '', from = '']) =>
      names
        .split(',')
        .map((name) => name.trim().replace(/^type /, ''))
        .filter((name) => name !== '')
        .map((name) => ({ name, from })),
  );
}

/** The declaration of a name in a source text formatted as all of ours are; `undefined` when it is not there. */
export function declarationOf(source: string, name: string): Declaration | undefined {
  const pattern = new RegExp(
    `^export (?:abstract )?(async function|function|const|class|type) ${name}\\b`,
    'm',
  );
  const match = pattern.exec(source);
  if (match === null) return undefined;
  const text = source.slice(match.index);
  return { name, doc: docBefore(source.slice(0, match.index)), code: codeOf(match[1] ?? '', text) };
}

function codeOf(kind: string, text: string): string {
  switch (kind) {
    case 'type':
      return text.slice(0, endOfStatement(text));
    case 'const':
      return `${text.slice(0, text.indexOf(' =')).replace(/^export /, 'export declare ')};`;
    case 'class':
      return classOutline(text);
    default:
      return `${signature(text).replace(/^export (async )?/, 'export declare ')};`;
  }
}

/** A function or method without its body: the first block that nothing follows on its last line. */
function signature(text: string): string {
  const open: number[] = [];
  for (const { 0: found, index } of text.matchAll(token)) {
    if ('([{'.includes(found)) open.push(index);
    if (!')]}'.includes(found)) continue;
    const start = open.pop() ?? 0;
    const isLast = index + 1 === text.length || text[index + 1] === '\n';
    if (found === '}' && open.length === 0 && isLast) return text.slice(0, start).trimEnd();
  }
  return text;
}

/** The public members of a class, with their doc comments and without bodies. */
function classOutline(text: string): string {
  const body = text.slice(0, text.search(/^\}$/m));
  const members = body.split(/\n(?= {2}(?:\/\*\*|[a-zA-Z[#]))/).slice(1);
  const kept: string[] = [];
  let doc = '';
  for (const member of members) {
    if (member.startsWith('  /**')) {
      const end = member.indexOf('*/') + 2;
      doc = `${member.slice(0, end)}\n`;
      if (member.slice(end).trim() === '') continue;
    }
    const code = member.startsWith('  /**') ? member.slice(member.indexOf('*/') + 3) : member;
    if (!/^ {2}(?:(?:readonly |async |static |get )*#|private |constructor)/.test(code))
      kept.push(`${doc}${memberSignature(code)};`);
    doc = '';
  }
  const [head = ''] = body.split(' {\n');
  return [`${head.replace('export class', 'export declare class')} {`, ...kept, '}'].join('\n');
}

function memberSignature(code: string): string {
  const isField = !/^ {2}(?:async |get |\*)?[\w[\].]+(?:<.*?>)?\(/.test(code);
  const head = isField
    ? code.slice(0, endOfStatement(code) - 1).replace(/ = [\s\S]*/, '')
    : signature(code.trimEnd());
  return head.replace('async ', '');
}

/** What may hold brackets without meaning it, and brackets. */
const token = /\/\*[\s\S]*?\*\/|\/\/.*|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|[()[\]{};]/g;

/** The place after the semicolon that ends a statement, brackets, comments and strings passed over. */
function endOfStatement(text: string): number {
  let depth = 0;
  for (const { 0: found, index } of text.matchAll(token)) {
    if ('([{'.includes(found)) depth++;
    else if (')]}'.includes(found)) depth--;
    else if (found === ';' && depth === 0) return index + 1;
  }
  return text.length;
}

/** The doc comment that ends the text, without its frame. */
function docBefore(text: string): string {
  const [, doc = ''] = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(text) ?? [];
  return doc
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trim())
    .join('\n')
    .trim();
}
