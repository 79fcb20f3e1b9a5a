import { type ParsedResource, type Problem, parseResource, type ResourceRef, refIn } from '@berth/api';
import { type Finding, finding, type Position } from '@berth/core';
import { type Document, isMap, isNode, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import { type Positions, placeOf, positionsOf } from './position.ts';
import { tooDeep, tooDeepCure, type Unfit, unfitIn } from './unfit.ts';

/** One object as it stands in a file. */
export type FileObject = {
  readonly ref: ResourceRef;
  readonly parsed: ParsedResource;
  readonly file: string;
  readonly at: Position | undefined;
  readonly positions: Positions;
};

/** What a file holds. */
export type FileContent = {
  readonly file: string;
  /** Undefined when the file cannot be read. */
  readonly text: string | undefined;
  /** Those that say what they are; the others are findings only. */
  readonly objects: readonly FileObject[];
  /** Whether there may be objects in it that were not recognised. */
  readonly doubtful: boolean;
  readonly findings: readonly Finding[];
};

/** Reads the objects of a YAML text: several documents, each an object or a `List` of them. */
export function readText(file: string, text: string): FileContent {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const many = Array.isArray(documents) ? documents : [];
  const contents = many.map((document, index) => {
    const name = many.length > 1 ? `document ${index + 1} of ${file}` : file;
    return readDocument({ file, name, lines }, document);
  });
  return {
    file,
    text,
    objects: contents.flatMap(({ objects }) => objects),
    doubtful: contents.some(({ doubtful }) => doubtful),
    findings: contents.flatMap(({ findings }) => findings),
  };
}

/** What a file that cannot be read holds: nobody knows. */
export function unreadable(file: string, why: string): FileContent {
  const found = finding('unreadable-file', {
    at: { file, line: 1, column: 1 },
    message: `${file} cannot be read: ${why}`,
    cure: 'make the file readable, or remove it',
  });
  return { file, text: undefined, objects: [], doubtful: true, findings: [found] };
}

type Part = Pick<FileContent, 'objects' | 'doubtful' | 'findings'>;

/** A document of a file, under the name that messages call it by. */
type Origin = { readonly file: string; readonly name: string; readonly lines: LineCounter };

function readDocument(origin: Origin, document: Document.Parsed): Part {
  const { contents } = document;
  // The parser's later errors follow from the first.
  const [error] = document.errors;
  if (error?.code === 'RESOURCE_EXHAUSTION') {
    return noObject(origin, { offset: error.pos[0], message: tooDeep, cure: tooDeepCure });
  }
  if (error) return notYaml(origin, error.message, error.pos[0]);
  if (contents === null) return { objects: [], doubtful: false, findings: [] };
  const unfit = unfitIn(contents);
  if (unfit) return noObject(origin, unfit);
  try {
    // How much aliases add up to was looked at just now; the parser's own limit counts harmless ones too.
    const value = document.toJS({ maxAliasCount: -1 });
    return combine(unlist(contents, value, '').map((item) => readObject(origin, item)));
  } catch (fault) {
    return notYaml(origin, fault instanceof Error ? fault.message : String(fault), contents.range[0]);
  }
}

function readObject(origin: Origin, { node, value, list }: Item): Part {
  if (value === null) return { objects: [], doubtful: false, findings: [] };
  const { file } = origin;
  const parsed = parseResource(value);
  const ref = refIn(value);
  const positions = positionsOf(node, file, origin.lines);
  const name = list === '' ? origin.name : `${list} of ${origin.name}`;
  const findings = parsed.ok ? [] : parsed.problems.map((each) => problemFinding(each, name, positions));
  const recognised = parsed.ok || parsed.problems.every(({ problem }) => problem !== 'unknown-kind');
  const foreign = !parsed.ok && parsed.problems.some((problem) => problem.foreign);
  if (!recognised || !ref) return { objects: [], doubtful: !foreign, findings };
  const at = placeOf(positions, 'metadata.name', 'value');
  return { objects: [{ ref, parsed, file, at, positions }], doubtful: false, findings };
}

/** A problem at its place. The message names the document where no object is named: nothing else would tell two apart. */
function problemFinding(
  { problem, object, field, message, cure, foreign }: Problem,
  document: string,
  positions: Positions,
): Finding {
  return finding(problem, {
    object,
    field: field === '' ? undefined : field,
    at: placeOf(positions, field, problem === 'unknown-field' ? 'key' : 'value'),
    message: object ? message : `${document}: ${message}`,
    cure,
    severity: foreign ? 'warning' : undefined,
  });
}

/** What may be an object: a document, or an entry of one that is a list. */
type Item = {
  readonly node: Node;
  readonly value: unknown;
  /** Where in the document, as `items[1]`; empty for the document itself. */
  readonly list: string;
};

/** The objects of a document: the document itself, or the entries of its `items` if it is a list. */
function unlist(node: Node, value: unknown, list: string): readonly Item[] {
  const self = [{ node, value, list }];
  if (!isMap(node) || typeof value !== 'object' || value === null || !('kind' in value)) return self;
  const items = 'items' in value ? value.items : undefined;
  const entries = node.get('items');
  const isList = typeof value.kind === 'string' && value.kind.endsWith('List');
  if (!isList || !Array.isArray(items) || !isSeq(entries)) return self;
  return entries.items.flatMap((entry, index) => {
    const at = `${list}${list === '' ? '' : '.'}items[${index}]`;
    if (isMap(entry)) return unlist(entry, items[index], at);
    return [{ node: isNode(entry) ? entry : entries, value: items[index], list: at }];
  });
}

function notYaml(origin: Origin, problem: string, offset: number): Part {
  const message = `${origin.name} is not YAML: ${problem.split('\n')[0]}`;
  return unread(origin, { offset, message, cure: 'correct the file' });
}

/** YAML that no object can be made of. */
function noObject(origin: Origin, unfit: Unfit): Part {
  return unread(origin, { ...unfit, message: `${origin.name} cannot be an object: ${unfit.message}` });
}

function unread({ file, lines }: Origin, { offset, message, cure }: Unfit): Part {
  const { line, col } = lines.linePos(offset);
  const found = finding('yaml-syntax', {
    at: { file, line, column: col },
    message,
    cure: `${cure}; until then the objects it held stay as they were`,
  });
  return { objects: [], doubtful: true, findings: [found] };
}

function combine(parts: readonly Part[]): Part {
  return {
    objects: parts.flatMap(({ objects }) => objects),
    doubtful: parts.some(({ doubtful }) => doubtful),
    findings: parts.flatMap(({ findings }) => findings),
  };
}
