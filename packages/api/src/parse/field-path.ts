/** Where in an object: the keys and indexes that lead there. */
export type FieldPath = readonly (string | number)[];

/** A path as `kubectl explain` writes it: `spec.staticRoutes[0].cidr`, `metadata.labels[example.org/a]`. */
export function formatFieldPath(path: FieldPath): string {
  return path
    .map((part) => (typeof part === 'string' && /^[A-Za-z_][\w-]*$/.test(part) ? `.${part}` : `[${part}]`))
    .join('')
    .replace(/^\./, '');
}

/** Reads what `formatFieldPath` writes. */
export function parseFieldPath(text: string): FieldPath {
  return [...text.matchAll(/\[(\d+)\]|\[([^\]]*)\]|([^.[\]]+)/g)].map(([, index, bracketed, plain]) =>
    index === undefined ? (bracketed ?? plain ?? '') : Number(index),
  );
}
