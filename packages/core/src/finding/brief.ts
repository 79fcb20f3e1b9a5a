/** Longer than anything that is written to be read. */
const longText = 8_000;

/** No name, address or path of a field is as long: what is, was quoted from somewhere it does not belong. */
const longWord = /\S{1000,}/g;

/** The text without the middle of what is endless: a field of ten megabytes must not be told of in twenty. */
export function brief(text: string): string {
  const whole = text.length > longText ? shortened(text, longText / 2) : text;
  return whole.replace(longWord, (word) => shortened(word, 100));
}

/** The beginning and the end of a text. */
function shortened(text: string, kept: number): string {
  return `${text.slice(0, kept)}…${text.slice(-kept)}`;
}
