/** An external address and the one it stands for: an empty text where it stands for several, or for a router itself. */
export type AddressPair = readonly [external: string, logical: string];

/** Pairs as an order has them: a line for each, in the order they come in. */
export function pairsText(pairs: readonly AddressPair[]): string {
  return pairs
    .map(([external, logical]) => (logical === '' ? external : `${external} ${logical}`))
    .join('\n');
}

/** The pairs of an order. */
export function pairsIn(text: string): readonly AddressPair[] {
  if (text === '') return [];
  return text.split('\n').map((line): AddressPair => {
    const [external = '', logical = ''] = line.split(' ');
    return [external, logical];
  });
}
