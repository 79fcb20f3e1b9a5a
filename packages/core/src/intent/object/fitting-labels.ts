import { labelLength } from '@berth/api';

/**
 * The labels that an object can have: those with a value, and with a key and a value that fit. A name that is too long for a label is none,
 * or the whole object would be refused for it.
 */
export function fittingLabels(labels: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const fitting = Object.entries(labels).flatMap(([key, value]): (readonly [string, string])[] =>
    value !== undefined && value.length <= labelLength && fits(key) ? [[key, value]] : [],
  );
  return Object.fromEntries(fitting);
}

function fits(key: string): boolean {
  return key.slice(key.indexOf('/') + 1).length <= labelLength;
}
