/** Any JSON value, as parsed. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [member: string]: Json };

/** A JSON object, as parsed. */
export type JsonObject = { readonly [member: string]: Json };

/** True for a JSON object; false for an array, `null` and scalars. */
export function isJsonObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** True for a JSON array. */
export function isJsonArray(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}
