// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controls = /[\u0000-\u001f\u007f-\u009f]/g;

/**
 * The text with control characters written out (`\n`, `\u001b`): what users write in a field must neither begin a line of a log
 * nor steer a terminal.
 */
export function printable(text: string): string {
  return text.replace(controls, (character) =>
    character === '\n' ? '\\n' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
