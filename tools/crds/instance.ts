import { isJson, type Json, members, texts } from './json.ts';

/**
 * Why an API server refuses a value under a structural schema, and what it would silently drop of it, each as
 * `path: reason`. Of logic (`anyOf` and the like), formats and CEL it knows nothing.
 */
export function instanceFaults(schema: Json, value: unknown, path: string): readonly string[] {
  if (value === null) return schema['nullable'] === true ? [] : [`${path}: is null`];
  if (!isOfType(schema, value)) return [`${path}: is not of type ${typeOf(schema)}`];
  const allowed = schema['enum'];
  const here = [
    ...(Array.isArray(allowed) && !allowed.includes(value) ? ['is not one of the allowed values'] : []),
    ...rangeFaults(schema, value),
    ...duplicateFaults(schema, value),
  ].map((reason) => `${path}: ${reason}`);
  return [...here, ...itemFaults(schema, value, path), ...fieldFaults(schema, value, path)];
}

function typeOf(schema: Json): string {
  return schema['x-kubernetes-int-or-string'] === true ? 'int-or-string' : String(schema['type'] ?? 'any');
}

function isOfType(schema: Json, value: unknown): boolean {
  switch (typeOf(schema)) {
    case 'object':
      return isJson(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'int-or-string':
      return Number.isInteger(value) || typeof value === 'string';
    case 'any':
      return true;
    default:
      return typeof value === schema['type'];
  }
}

function rangeFaults(schema: Json, value: unknown): readonly string[] {
  const bound = (key: string, fallback: number) => {
    const limit = schema[key];
    return typeof limit === 'number' ? limit : fallback;
  };
  if (typeof value === 'number') {
    const isInside = value >= bound('minimum', -Infinity) && value <= bound('maximum', Infinity);
    return isInside ? [] : ['is out of range'];
  }
  if (typeof value !== 'string') return [];
  const isInside = value.length >= bound('minLength', 0) && value.length <= bound('maxLength', Infinity);
  const { pattern } = schema;
  const fits = typeof pattern !== 'string' || new RegExp(pattern).test(value);
  return [...(isInside ? [] : ['has a wrong length']), ...(fits ? [] : ['does not match the pattern'])];
}

/** Items of a set, or of a list that is a map, that cannot be told apart. */
function duplicateFaults(schema: Json, value: unknown): readonly string[] {
  const listType = schema['x-kubernetes-list-type'];
  if (!Array.isArray(value) || (listType !== 'set' && listType !== 'map')) return [];
  const keys = texts(schema['x-kubernetes-list-map-keys']);
  const identities = value.map((item) =>
    JSON.stringify(listType === 'map' && isJson(item) ? keys.map((key) => item[key] ?? null) : item),
  );
  return new Set(identities).size === value.length ? [] : ['has an item twice'];
}

function itemFaults({ items }: Json, value: unknown, path: string): readonly string[] {
  if (!Array.isArray(value) || !isJson(items)) return [];
  return value.flatMap((item, index) => instanceFaults(items, item, `${path}[${index}]`));
}

function fieldFaults(schema: Json, value: unknown, path: string): readonly string[] {
  if (!isJson(value)) return [];
  const properties = new Map(members(schema['properties']));
  const additional = schema['additionalProperties'];
  const keepsUnknown = schema['x-kubernetes-preserve-unknown-fields'] === true || additional === true;
  const missing = texts(schema['required']).filter((name) => !Object.hasOwn(value, name));
  return [
    ...missing.map((name) => `${path}.${name}: is missing`),
    ...members(value).flatMap(([name, each]) => {
      const property = properties.get(name) ?? additional;
      if (isJson(property)) return instanceFaults(property, each, `${path}.${name}`);
      return keepsUnknown ? [] : [`${path}.${name}: would be dropped`];
    }),
  ];
}
