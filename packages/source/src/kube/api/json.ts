/** An object of JSON. */
export type JsonObject = { readonly [key: string]: unknown };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A part of an object as an object; empty if there is none. */
export function objectIn(value: unknown, key: string): JsonObject {
  const part = isJsonObject(value) ? value[key] : undefined;
  return isJsonObject(part) ? part : {};
}

/** A part of an object as a list; empty if there is none. */
export function listIn(value: unknown, key: string): readonly unknown[] {
  const part = isJsonObject(value) ? value[key] : undefined;
  return Array.isArray(part) ? part : [];
}

/** A part of an object as a text; undefined if it is none. */
export function textIn(value: unknown, key: string): string | undefined {
  const part = isJsonObject(value) ? value[key] : undefined;
  return typeof part === 'string' ? part : undefined;
}
