/** A JSON object. */
export type Json = { readonly [key: string]: unknown };

/** Whether a value is a JSON object: no list, no null. */
export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The texts in a list; none where there is no list. */
export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** The members of an object; none where there is no object. */
export function members(value: unknown): readonly (readonly [string, unknown])[] {
  return isJson(value) ? Object.entries(value) : [];
}
