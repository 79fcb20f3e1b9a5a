/** The text as one word of a shell command. */
export function quote(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Words as one shell command. */
export function command(...words: readonly (string | number)[]): string {
  return words.map((word) => quote(String(word))).join(' ');
}
