import type { Resource, ResourceSet } from '@berth/api';

/** A pure function that gives its last answer again, the very same object, when it is asked the same; `keep` tells which answers may be given again. */
export function remembering<Input, Output>(
  compute: (input: Input) => Output,
  isSame: (left: Input, right: Input) => boolean,
  keep: (answer: Output) => boolean = () => true,
): (input: Input) => Output {
  let last: { readonly input: Input; readonly answer: Output } | undefined;
  return (input) => {
    if (last && isSame(last.input, input)) return last.answer;
    const answer = compute(input);
    last = keep(answer) ? { input, answer } : undefined;
    return answer;
  };
}

/** Whether two sets hold the very same objects in the same order. */
export function sameResources(left: ResourceSet, right: ResourceSet): boolean {
  if (left === right) return true;
  const others = new Map<string, readonly Resource[]>(Object.entries(right));
  return Object.entries(left).every(([kind, list]) => {
    const other = others.get(kind) ?? [];
    return (
      list === other || (list.length === other.length && list.every((each, place) => each === other[place]))
    );
  });
}

/** Whether two values made of plain objects, lists, maps and sets hold the same, maps and sets in whatever order. */
export function sameContents(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (left instanceof Map) return right instanceof Map && sameMaps(left, right);
  if (left instanceof Set) {
    if (!(right instanceof Set) || left.size !== right.size) return false;
    for (const each of left) if (!right.has(each)) return false;
    return true;
  }
  if (right instanceof Map || right instanceof Set || Array.isArray(left) !== Array.isArray(right))
    return false;
  return sameMaps(new Map(Object.entries(left)), new Map(Object.entries(right)));
}

function sameMaps(left: ReadonlyMap<unknown, unknown>, right: ReadonlyMap<unknown, unknown>): boolean {
  if (left.size !== right.size) return false;
  for (const [key, value] of left) if (!right.has(key) || !sameContents(value, right.get(key))) return false;
  return true;
}
