/** Names in a sentence: `a, b and c`. */
export function list(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** Names of which the first `most` are told, and how many more there are. */
export function shortened(names: readonly string[], most: number): readonly string[] {
  return names.length > most ? [...names.slice(0, most), `${names.length - most} more`] : names;
}
