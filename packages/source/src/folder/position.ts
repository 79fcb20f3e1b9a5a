import { type FieldPath, formatFieldPath, parseFieldPath } from '@berth/api';
import type { Position } from '@berth/core';
import { isCollection, isMap, isScalar, isSeq, type LineCounter, type Node } from 'yaml';

/** Where an object and its fields are, by field path; the object itself under the empty path. */
export type Positions = ReadonlyMap<string, Place>;

/** Where the name of a field is, and its value. For a list entry both are the entry. */
export type Place = { readonly key: Position; readonly value: Position };

/** The positions of everything in one object of a YAML file. */
export function positionsOf(node: Node, file: string, lines: LineCounter): Positions {
  const at = (each: Node): Position => {
    const { line, col } = lines.linePos(each.range?.[0] ?? 0);
    return { file, line, column: col };
  };
  return new Map(placesIn(node, [], at(node), at));
}

function placesIn(
  node: unknown,
  path: FieldPath,
  key: Position,
  at: (node: Node) => Position,
): readonly (readonly [string, Place])[] {
  if (!isCollection(node) && !isScalar(node)) return [];
  const value = isScalar(node) && node.value !== null ? at(node) : key;
  const here = [formatFieldPath(path), { key, value }] as const;
  return [
    here,
    ...children(node).flatMap(([name, marker, child]) => placesIn(child, [...path, name], at(marker), at)),
  ];
}

/** What is inside a node: the name or index of each part, the node that marks where it begins, and the part itself. */
function children(node: Node): readonly (readonly [string | number, Node, unknown])[] {
  if (isMap(node)) {
    return node.items.flatMap(({ key, value }) =>
      isScalar(key) ? [[String(key.value), key, value] as const] : [],
    );
  }
  if (!isSeq(node)) return [];
  return node.items.flatMap((item, index) =>
    isCollection(item) || isScalar(item) ? [[index, item, item] as const] : [],
  );
}

/** Where a field is, or else the nearest thing around it. An unknown field is pointed at by its name, others by value. */
export function placeOf(positions: Positions, field: string, part: 'key' | 'value'): Position | undefined {
  const path = [...parseFieldPath(field)];
  while (path.length > 0) {
    const place = positions.get(formatFieldPath(path));
    if (place) return place[part];
    path.pop();
  }
  return positions.get('')?.value;
}
