import { type ParsedResource, parseResource, type ResourceRef, refIn } from '@berth/api';
import { type Finding, finding, type Position } from '@berth/core';
import { type Document, isMap, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import { type Positions, placeOf, positionsOf } from './position.ts';

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
  const contents = (Array.isArray(documents) ? documents : []).map((document) =>
    readDocument(file, document, lines),
  );
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

function readDocument(file: string, document: Document.Parsed, lines: LineCounter): Part {
  const { contents, errors } = document;
  if (errors.length > 0) {
    const findings = errors.map(({ message, pos }) => syntaxFinding(file, message, lines.linePos(pos[0])));
    return { objects: [], doubtful: true, findings };
  }
  if (contents === null) return { objects: [], doubtful: false, findings: [] };
  try {
    return combine(
      unlist(contents, document.toJS()).map(([node, value]) =>
        readObject(file, value, positionsOf(node, file, lines)),
      ),
    );
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const at = lines.linePos(contents.range[0]);
    return { objects: [], doubtful: true, findings: [syntaxFinding(file, message, at)] };
  }
}

function readObject(file: string, value: unknown, positions: Positions): Part {
  if (value === null) return { objects: [], doubtful: false, findings: [] };
  const parsed = parseResource(value);
  const ref = refIn(value);
  const findings = parsed.ok
    ? []
    : parsed.problems.map(({ problem, object, field, message, cure, foreign }) =>
        finding(problem, {
          object,
          field: field === '' ? undefined : field,
          at: placeOf(positions, field, problem === 'unknown-field' ? 'key' : 'value'),
          message,
          cure,
          severity: foreign ? 'warning' : undefined,
        }),
      );
  const recognised = parsed.ok || parsed.problems.every(({ problem }) => problem !== 'unknown-kind');
  const foreign = !parsed.ok && parsed.problems.some((problem) => problem.foreign);
  if (!recognised || !ref) return { objects: [], doubtful: !foreign, findings };
  const at = placeOf(positions, 'metadata.name', 'value');
  return { objects: [{ ref, parsed, file, at, positions }], doubtful: false, findings };
}

/** The objects of a document, with their nodes: the document itself, or the entries of its `items` if it is a list. */
function unlist(node: Node, value: unknown): readonly (readonly [Node, unknown])[] {
  if (!isMap(node) || typeof value !== 'object' || value === null || !('kind' in value))
    return [[node, value]];
  const items = 'items' in value ? value.items : undefined;
  const list = node.get('items');
  if (
    typeof value.kind !== 'string' ||
    !value.kind.endsWith('List') ||
    !Array.isArray(items) ||
    !isSeq(list)
  ) {
    return [[node, value]];
  }
  return list.items.flatMap((item, index) =>
    isMap(item) ? unlist(item, items[index]) : [[list, items[index]]],
  );
}

function syntaxFinding(file: string, message: string, { line, col }: { line: number; col: number }): Finding {
  return finding('yaml-syntax', {
    at: { file, line, column: col },
    message: `${file} is not YAML: ${message.split('\n')[0]}`,
    cure: 'correct the file; until then the objects it held stay as they were',
  });
}

function combine(parts: readonly Part[]): Part {
  return {
    objects: parts.flatMap(({ objects }) => objects),
    doubtful: parts.some(({ doubtful }) => doubtful),
    findings: parts.flatMap(({ findings }) => findings),
  };
}
