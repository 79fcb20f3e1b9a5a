import colors from 'picocolors';

/** How a piece of text may stand out. Each look also has a word or a sign, so that nothing is said by colour alone. */
export type Style = Readonly<
  Record<'bad' | 'doubtful' | 'good' | 'changed' | 'faint' | 'strong', (text: string) => string>
>;

/** The looks, or none of them. */
export function styleOf(isColored: boolean): Style {
  const { red, yellow, green, cyan, dim, bold } = colors.createColors(isColored);
  return { bad: red, doubtful: yellow, good: green, changed: cyan, faint: dim, strong: bold };
}
