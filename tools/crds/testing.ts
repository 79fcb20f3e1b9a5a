/** A schema whose spec is this. */
export const whole = (spec: unknown, more: object = {}) => ({
  type: 'object',
  properties: { spec },
  ...more,
});
/** An object with these fields. */
export const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });
/** A field that is a text. */
export const text = { type: 'string' };

/** Schemas that are not structural, and what is said of each. */
export const badSchemas: readonly (readonly [string, unknown, string])[] = [
  ['no object at the top', { type: 'string' }, 'schema: the type of the whole must be object'],
  ['no type', whole({ description: 'x' }), 'schema.spec: has no type'],
  ['a type that is none', whole({ type: 'int' }), 'schema.spec: type "int" is none'],
  ['a list of types', whole({ type: ['string', 'null'] }), 'schema.spec: type ["string","null"] is none'],
  ['$ref', whole({ $ref: '#/definitions/x' }), 'schema.spec: $ref is not a keyword of structural schemas'],
  [
    'const',
    whole({ type: 'string', const: 'x' }),
    'schema.spec: const is not a keyword of structural schemas',
  ],
  [
    'propertyNames',
    whole({ type: 'object', propertyNames: text }),
    'schema.spec: propertyNames is not a keyword of structural schemas',
  ],
  [
    'a map with fields',
    whole(object({ a: text }, { additionalProperties: text })),
    'schema.spec: additionalProperties and properties exclude each other',
  ],
  [
    'no more fields',
    whole({ type: 'object', additionalProperties: false }),
    'schema.spec: additionalProperties must not be false',
  ],
  ['a list of anything', whole({ type: 'array' }), 'schema.spec: a list says what its items are'],
  ['an untyped item', whole({ type: 'array', items: {} }), 'schema.spec[]: has no type'],
  [
    'an untyped value of a map',
    whole({ type: 'object', additionalProperties: { minLength: 1 } }),
    'schema.spec.*: has no type',
  ],
  [
    'alternative types',
    whole({ anyOf: [text, { type: 'integer' }] }),
    'schema.spec.anyOf[0]: type cannot stand here',
  ],
  [
    'int-or-string with a type',
    whole({ type: 'string', 'x-kubernetes-int-or-string': true }),
    'schema.spec: int-or-string has no type',
  ],
  [
    'int-or-string with another pair',
    whole({ 'x-kubernetes-int-or-string': true, anyOf: [text, { type: 'integer' }] }),
    'schema.spec.anyOf[0]: type cannot stand here',
  ],
  [
    'logic with a default',
    whole({ type: 'string', allOf: [{ default: 'x' }] }),
    'schema.spec.allOf[0]: default cannot stand here',
  ],
  [
    'logic with a field of its own',
    whole({ type: 'object', not: { properties: { a: { minLength: 1 } } } }),
    'schema.spec.not[0].a: is not named outside',
  ],
  [
    'a default of another type',
    whole({ type: 'integer', default: 'x' }),
    'schema.spec: the default: is not of type integer',
  ],
  [
    'a default out of range',
    whole({ type: 'integer', minimum: 2, default: 1 }),
    'schema.spec: the default: is out of range',
  ],
  [
    'a default that would be dropped',
    whole(object({ a: text }, { default: { b: 'x' } })),
    'schema.spec: the default.b: would be dropped',
  ],
  [
    'exclusive bounds as numbers',
    whole({ type: 'integer', exclusiveMinimum: 1 }),
    'schema.spec: exclusiveMinimum is true or false',
  ],
  [
    'unknown fields not preserved',
    whole({ type: 'object', 'x-kubernetes-preserve-unknown-fields': false }),
    'schema.spec: x-kubernetes-preserve-unknown-fields is true or absent',
  ],
  [
    'labels of the object',
    whole(text, { properties: { metadata: object({ labels: { type: 'object' } }) } }),
    'schema.metadata: labels is not for a definition to say',
  ],
  [
    'a map without keys',
    whole({ type: 'array', items: object({ a: text }), 'x-kubernetes-list-type': 'map' }),
    'schema.spec: a list that is a map has keys',
  ],
  [
    'a key that may be absent',
    whole({
      type: 'array',
      items: object({ a: text }),
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['a'],
    }),
    'schema.spec: key a is neither required nor has a default',
  ],
  [
    'a key that is not there',
    whole({
      type: 'array',
      items: object({ a: text }, { required: ['a'] }),
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['b'],
    }),
    'schema.spec: key b is not a property of the items',
  ],
  [
    'a set of objects',
    whole({ type: 'array', items: object({ a: text }), 'x-kubernetes-list-type': 'set' }),
    'schema.spec: the items of a set are scalars or atomic',
  ],
  [
    'a list type that is none',
    whole({ type: 'array', items: text, 'x-kubernetes-list-type': 'bag' }),
    'schema.spec: the list type is atomic, set or map',
  ],
  [
    'a list type of no list',
    whole({ type: 'string', 'x-kubernetes-list-type': 'atomic' }),
    'schema.spec: only a list has a list type',
  ],
  [
    'a map type of no object',
    whole({ type: 'string', 'x-kubernetes-map-type': 'atomic' }),
    'schema.spec: only an object has a map type',
  ],
];
