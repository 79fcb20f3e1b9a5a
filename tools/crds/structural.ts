import { instanceFaults } from './instance.ts';
import { isJson, type Json, members, texts } from './json.ts';

const types = ['object', 'array', 'string', 'integer', 'number', 'boolean'];
const scalars = ['string', 'integer', 'number', 'boolean'];
const logic = ['allOf', 'anyOf', 'oneOf', 'not'];
const about = ['title', 'description', 'default', 'example', 'externalDocs', 'type', 'nullable'];
const extensions = [
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-int-or-string',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
  'x-kubernetes-validations',
];
const values = [
  ...['format', 'enum', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ...['minLength', 'maxLength', 'pattern', 'minItems', 'maxItems', 'minProperties', 'maxProperties'],
  ...['required', 'items', 'properties'],
];
const keywords = new Set([...about, ...values, ...logic, ...extensions, 'additionalProperties']);
/** What may stand under `allOf` and the like: values only, nothing that shapes the object. */
const keywordsOfLogic = new Set([...values, ...logic]);

/**
 * Why an API server refuses a schema as not structural, each as `path: reason`; none for a structural one (Kubernetes,
 * "Specifying a structural schema", and the checks of `apiextensions.k8s.io/v1`). Where that page is stricter than the
 * server, this is as strict as the page.
 */
export function structuralFaults(schema: unknown): readonly string[] {
  if (!isJson(schema)) return ['schema: is no object'];
  return [
    ...(schema['type'] === 'object' ? [] : ['schema: the type of the whole must be object']),
    ...(schema['nullable'] === true ? ['schema: the whole must not be nullable'] : []),
    ...metadataFaults(schema),
    ...nodeFaults(schema, 'schema'),
  ];
}

/** Of the metadata of the whole, a schema may only restrict the names. */
function metadataFaults({ properties }: Json): readonly string[] {
  const metadata = isJson(properties) ? properties['metadata'] : undefined;
  if (!isJson(metadata)) return [];
  const inner = members(metadata['properties']).map(([name]) => name);
  return [
    ...Object.keys(metadata).filter((key) => !['type', 'properties', 'description'].includes(key)),
    ...inner.filter((name) => !['name', 'generateName'].includes(name)),
  ].map((what) => `schema.metadata: ${what} is not for a definition to say`);
}

function nodeFaults(node: unknown, path: string): readonly string[] {
  if (!isJson(node)) return [`${path}: is no object`];
  const here = [
    ...keywordFaults(node),
    ...typeFaults(node),
    ...mapFaults(node),
    ...listFaults(node),
    ...defaultFaults(node),
  ].map((reason) => `${path}: ${reason}`);
  const below = members(node['properties']).flatMap(([name, each]) => nodeFaults(each, `${path}.${name}`));
  const items = node['items'] === undefined ? [] : nodeFaults(node['items'], `${path}[]`);
  const additional = isJson(node['additionalProperties'])
    ? nodeFaults(node['additionalProperties'], `${path}.*`)
    : [];
  return [...here, ...below, ...items, ...additional, ...logicFaults(node, node, path)];
}

function keywordFaults(node: Json): readonly string[] {
  return [
    ...Object.keys(node)
      .filter((key) => !keywords.has(key))
      .map((key) => `${key} is not a keyword of structural schemas`),
    ...['exclusiveMinimum', 'exclusiveMaximum']
      .filter((key) => node[key] !== undefined && typeof node[key] !== 'boolean')
      .map((key) => `${key} is true or false`),
    ...extensions
      .slice(0, 3)
      .filter((key) => node[key] !== undefined && node[key] !== true)
      .map((key) => `${key} is true or absent`),
  ];
}

function typeFaults(node: Json): readonly string[] {
  const { type } = node;
  const isEither = node['x-kubernetes-int-or-string'] === true;
  if (isEither) return type === undefined ? [] : ['int-or-string has no type'];
  if (type === undefined) {
    return node['x-kubernetes-preserve-unknown-fields'] === true ? [] : ['has no type'];
  }
  return types.includes(String(type)) ? [] : [`type ${JSON.stringify(type)} is none`];
}

function mapFaults(node: Json): readonly string[] {
  const { type, properties, additionalProperties, required } = node;
  const mapType = node['x-kubernetes-map-type'];
  const embedded = node['x-kubernetes-embedded-resource'] === true;
  const names = members(properties).map(([name]) => name);
  return [
    ...(additionalProperties === false ? ['additionalProperties must not be false'] : []),
    ...(additionalProperties !== undefined && properties !== undefined
      ? ['additionalProperties and properties exclude each other']
      : []),
    ...(properties !== undefined && type !== 'object' ? ['only an object has properties'] : []),
    ...(mapType !== undefined && type !== 'object' ? ['only an object has a map type'] : []),
    ...(mapType === undefined || ['atomic', 'granular'].includes(String(mapType))
      ? []
      : ['the map type is atomic or granular']),
    ...(embedded && type !== 'object' ? ['an embedded resource is an object'] : []),
    ...texts(required)
      .filter((name) => properties !== undefined && !names.includes(name))
      .map((name) => `required field ${name} is not among the properties`),
  ];
}

function listFaults(node: Json): readonly string[] {
  const { type, items } = node;
  const listType = node['x-kubernetes-list-type'];
  const keys = node['x-kubernetes-list-map-keys'];
  const kindOfList = [undefined, 'atomic', 'set', 'map'].includes(
    listType === undefined ? undefined : String(listType),
  );
  return [
    ...(type === 'array' && items === undefined ? ['a list says what its items are'] : []),
    ...(type !== 'array' && items !== undefined ? ['only a list has items'] : []),
    ...(listType !== undefined && type !== 'array' ? ['only a list has a list type'] : []),
    ...(kindOfList ? [] : ['the list type is atomic, set or map']),
    ...(keys !== undefined && listType !== 'map' ? ['only a list that is a map has keys'] : []),
    ...(listType === 'map' ? keyFaults(items, texts(keys)) : []),
    ...(listType === 'set' ? setFaults(items) : []),
  ];
}

function keyFaults(items: unknown, keys: readonly string[]): readonly string[] {
  if (keys.length === 0) return ['a list that is a map has keys'];
  if (!isJson(items) || items['type'] !== 'object') return ['the items of a list that is a map are objects'];
  const properties = new Map(members(items['properties']));
  return [
    ...(new Set(keys).size === keys.length ? [] : ['a key is named twice']),
    ...keys.flatMap((key) => {
      const property = properties.get(key);
      if (!isJson(property)) return [`key ${key} is not a property of the items`];
      const isThere = texts(items['required']).includes(key) || property['default'] !== undefined;
      return [
        ...(scalars.includes(String(property['type'])) ? [] : [`key ${key} is no scalar`]),
        ...(isThere ? [] : [`key ${key} is neither required nor has a default`]),
      ];
    }),
  ];
}

function setFaults(items: unknown): readonly string[] {
  if (!isJson(items)) return [];
  const isAtomic =
    items['x-kubernetes-list-type'] === 'atomic' || items['x-kubernetes-map-type'] === 'atomic';
  const isOne = scalars.includes(String(items['type'])) || isAtomic;
  return [
    ...(isOne ? [] : ['the items of a set are scalars or atomic']),
    ...(items['nullable'] === true ? ['the items of a set are not nullable'] : []),
  ];
}

function defaultFaults(node: Json): readonly string[] {
  if (node['default'] === undefined) return [];
  return instanceFaults(node, node['default'], 'the default');
}

/** What stands under `allOf` and the like restricts values, and only of fields that the schema itself names. */
function logicFaults(node: Json, shape: Json, path: string): readonly string[] {
  return logic.flatMap((word) => {
    const parts = word === 'not' ? (node[word] === undefined ? [] : [node[word]]) : listOf(node[word]);
    if (isIntOrStringPair(shape, word, parts)) return [];
    return parts.flatMap((part, index) =>
      isJson(part)
        ? valueFaults(part, shape, `${path}.${word}[${index}]`)
        : [`${path}.${word}: is no object`],
    );
  });
}

function valueFaults(part: Json, shape: Json, path: string): readonly string[] {
  const named = new Map(members(shape['properties']));
  return [
    ...Object.keys(part)
      .filter((key) => !keywordsOfLogic.has(key))
      .map((key) => `${path}: ${key} cannot stand here`),
    ...members(part['properties']).flatMap(([name, each]) => {
      const inner = named.get(name);
      if (!isJson(inner)) return [`${path}.${name}: is not named outside`];
      return isJson(each) ? valueFaults(each, inner, `${path}.${name}`) : [`${path}.${name}: is no object`];
    }),
    ...(isJson(part['items'])
      ? valueFaults(part['items'], isJson(shape['items']) ? shape['items'] : {}, `${path}[]`)
      : []),
    ...logicFaults(part, shape, path),
  ];
}

/** The one place where types may stand: `anyOf: [{type: integer}, {type: string}]` of an int-or-string. */
function isIntOrStringPair(shape: Json, word: string, parts: readonly unknown[]): boolean {
  const isPair = JSON.stringify(parts) === '[{"type":"integer"},{"type":"string"}]';
  return shape['x-kubernetes-int-or-string'] === true && word === 'anyOf' && isPair;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
