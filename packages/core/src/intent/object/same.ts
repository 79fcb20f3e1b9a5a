/** Whether two plain values hold the same; the order of keys does not count, and an undefined field is no field. */
export function same(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (Array.isArray(left) || Array.isArray(right)) {
    return (
      Array.isArray(left) &&
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((each, index) => same(each, right[index]))
    );
  }
  if (!isObject(left) || !isObject(right)) return false;
  for (const name in left) if (!same(left[name], right[name])) return false;
  for (const name in right) if (right[name] !== undefined && !(name in left)) return false;
  return true;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
