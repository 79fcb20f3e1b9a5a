import { type FieldPath, formatFieldPath, parseFieldPath } from '@berth/api';
import type { Position } from '@berth/core';
import { isCollection, isMap, isScalar, isSeq, type LineCounter, type Node } from 'yaml';

/** Where an object and its fields are, by field path; the object itself under the empty path. */
export type Positions = ReadonlyMap<string, Place>;

/** Where the name of a field is, and its value. For a list entry both are the entry. */
export type Place = { readonly key: Position; readonly value: Position };

/** The positions of everything in one object of a YAML file. */
export function positionsOf(node: Node, file: string, lines: LineCounter): Positions {
  const positions = new Map<string, Place>();
  const at = (each: Node): Position => {
    const { line, col } = lines.linePos(each.range?.[0] ?? 0);
    return { file, line, column: col };
  };
  const visit = (each: unknown, path: FieldPath, key: Position) => {
    if (!isCollection(each) && !isScalar(each)) return;
    const value = isScalar(each) && each.value !== null ? at(each) : key;
    positions.set(formatFieldPath(path), { key, value });
    if (isMap(each)) {
      for (const pair of each.items) {
        if (isScalar(pair.key)) visit(pair.value, [...path, String(pair.key.value)], at(pair.key));
      }
    } else if (isSeq(each)) {
      for (const [index, item] of each.items.entries()) {
        if (isCollection(item) || isScalar(item)) visit(item, [...path, index], at(item));
      }
    }
  };
  visit(node, [], at(node));
  return positions;
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
