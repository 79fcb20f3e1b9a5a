/** Figures of the same names, added one by one. */
export function sumsOf<Name extends string>(
  left: Readonly<Record<Name, number>>,
  right: Readonly<Record<Name, number>>,
): Record<Name, number> {
  const sums: Record<Name, number> = { ...left };
  for (const name in sums) sums[name] += right[name];
  return sums;
}
