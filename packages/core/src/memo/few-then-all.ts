/** Up to so many are looked for one by one, since mostly it is about one of thousands; for more an index is made. */
const few = 8;

/** Answers by name: the first ones by `findOne`, and once more are asked for all by what `index` makes. Both must say the same. */
export function fewThenAll<T>(
  findOne: (name: string) => T | undefined,
  index: () => ReadonlyMap<string, T>,
): { get(name: string): T | undefined } {
  const found = new Map<string, T | undefined>();
  let all: ReadonlyMap<string, T> | undefined;
  return {
    get(name) {
      if (all) return all.get(name);
      if (found.has(name)) return found.get(name);
      if (found.size < few) {
        const one = findOne(name);
        found.set(name, one);
        return one;
      }
      all = index();
      return all.get(name);
    },
  };
}
