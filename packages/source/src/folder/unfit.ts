import { isAlias, isCollection, isMap, isNode, isSeq, type Node } from 'yaml';

/** What makes YAML no text of an object, though it is YAML, and where: an offset into the text. */
export type Unfit = { readonly offset: number; readonly message: string; readonly cure: string };

/** Objects of Kubernetes, definitions of kinds among them, nest a few dozen levels. */
const mostLevels = 100;

/** Values of a document once every alias is written out: more than etcd would take by far. */
const mostValues = 1_000_000;

/** What a node is once its aliases are written out. */
type Extent = { readonly values: number; readonly levels: number };

const one: Extent = { values: 1, levels: 0 };

/**
 * The first thing in a document that no object can hold: an alias inside of what it stands for, too many values or levels once aliases are
 * written out, a key that is a list or a map. Looks at nothing twice, however often aliases point to it.
 */
export function unfitIn(contents: Node): Unfit | undefined {
  const anchors = new Map<string, Extent | 'open'>();
  const collections = new Set<string>();
  let found: Unfit | undefined;
  const tell = (node: unknown, message: string, cure: string): Extent => {
    found ??= { offset: (isNode(node) && node.range?.[0]) || 0, message, cure };
    return one;
  };

  const extentOf = (node: unknown, level: number): Extent => {
    if (isAlias(node)) {
      const extent = anchors.get(node.source) ?? one;
      if (extent !== 'open') return withinLevels(node, level, extent);
      return tell(
        node,
        `*${node.source} stands inside of &${node.source}, which it stands for: written out it has no end`,
        `write what is meant in the place of *${node.source}`,
      );
    }
    const anchor = isNode(node) && 'anchor' in node ? node.anchor : undefined;
    if (anchor === undefined) return partsOf(node, level);
    anchors.set(anchor, 'open');
    if (isCollection(node)) collections.add(anchor);
    else collections.delete(anchor);
    const extent = partsOf(node, level);
    anchors.set(anchor, extent);
    return extent;
  };

  const withinLevels = (node: unknown, level: number, extent: Extent): Extent =>
    level + extent.levels <= mostLevels ? extent : tell(node, tooDeep, tooDeepCure);

  const partsOf = (node: unknown, level: number): Extent => {
    if (!isMap(node) && !isSeq(node)) return one;
    if (level >= mostLevels) return tell(node, tooDeep, tooDeepCure);
    const parts = isMap(node) ? node.items.flatMap(({ key, value }) => [key, value]) : node.items;
    const keys = isMap(node) ? node.items.map(({ key }) => key) : [];
    const bad = keys.find((key) => isCollection(key) || (isAlias(key) && collections.has(key.source)));
    if (bad) return tell(bad, 'a key is a list or a map', 'write every key as a word');
    let values = 1;
    let levels = 0;
    for (const part of parts) {
      const extent = extentOf(part, level + 1);
      if (found) return one;
      values += extent.values;
      levels = Math.max(levels, extent.levels + 1);
    }
    if (values <= mostValues) return { values, levels };
    return tell(
      node,
      `with every alias written out it has more than ${mostValues} values`,
      'use fewer aliases',
    );
  };

  extentOf(contents, 0);
  return found;
}

/** Also of what is too deep for the parser. */
export const tooDeep = `it is nested more than ${mostLevels} levels deep`;
export const tooDeepCure = 'take out what does not belong there';
