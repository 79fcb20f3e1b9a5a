import { type Cell, cellsOf, columnsOf, type KindName, kinds, type ResourceByKind } from '@berth/api';
import { ageText } from './age.ts';
import { none, table } from './table.ts';

/** How a table of objects is to look. */
export type TableOptions = {
  readonly wide: boolean;
  /** A column NAMESPACE comes first. */
  readonly withNamespace: boolean;
  /** Names are printed as `ovn-eip/web`, as they must be among tables of other kinds. */
  readonly withKind: boolean;
  /** Now, for ages. */
  readonly nowMs: number;
};

/** Objects of one kind as kubectl prints them: NAME first, AGE last. */
export function objectsTable<K extends KindName>(
  kind: K,
  objects: readonly ResourceByKind[K][],
  { wide, withNamespace, withKind, nowMs }: TableOptions,
): string {
  const columns = columnsOf(kind, wide);
  const headings = [
    ...(withNamespace ? ['namespace'] : []),
    'name',
    ...columns.map(({ heading }) => heading),
  ];
  const rows = objects.map((object) => {
    const { namespace, name } = object.metadata;
    const shown = withKind ? shortRef(kind, name) : name;
    const cells = cellsOf(kind, object, wide).map((cell, index) =>
      columns[index]?.type === 'date' ? ageText(dateOf(cell), nowMs) : cellText(cell),
    );
    return [...(withNamespace ? [namespace ?? none] : []), shown, ...cells];
  });
  return table(headings, rows);
}

/** `ovn-eip/web`: what `-o name` prints; the namespace is not part of it. */
export function shortRef(kind: KindName, name: string): string {
  return `${kinds[kind].singular}/${name}`;
}

function cellText(cell: Cell): string {
  if (cell === undefined) return none;
  const text = typeof cell === 'object' ? cell.join(',') : String(cell);
  return text.replace(/\s+/g, '-') || none;
}

function dateOf(cell: Cell): string | undefined {
  return typeof cell === 'string' ? cell : undefined;
}
