import { z } from 'zod';

/** A structural schema, as far as ours need it (Kubernetes, "Specifying a structural schema"). */
export type StructuralSchema = {
  readonly description?: string;
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly minimum?: number;
  readonly maximum?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly additionalProperties?: StructuralSchema;
  readonly items?: StructuralSchema;
} & { readonly [extension: `x-kubernetes-${string}`]: unknown };

type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * What an API server can check of a schema.
 *
 * It is told types and ranges. Which texts a field takes, and which fields must be there, it is not: Kube-OVN's own
 * definitions do not say it either, and an object that was accepted once must stay writable. That is for findings. The
 * one thing still required is what the items of a list are told apart by.
 *
 * @throws Error when the schema says something that a structural schema cannot say.
 */
export function structuralSchema(schema: z.core.$ZodType): StructuralSchema {
  return convert(z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input' }), '', []);
}

function convert(node: JsonSchema | boolean, path: string, required: readonly string[]): StructuralSchema {
  if (typeof node === 'boolean' || !isStructural(node.type)) {
    throw new Error(`${path || 'the schema'} has no single type, so that no structural schema says it`);
  }
  const extensions = extensionsOf(node);
  const keys = Object.entries(extensions).find(([name]) => name === 'x-kubernetes-list-map-keys')?.[1];
  return {
    ...(node.description !== undefined && { description: node.description }),
    type: node.type,
    ...boundsOf(node),
    ...(node.properties && { properties: propertiesOf(node.properties, path) }),
    ...(required.length > 0 && { required }),
    ...(isMapOf(node.additionalProperties) && {
      additionalProperties: convert(node.additionalProperties, `${path}.*`, []),
    }),
    ...(isOne(node.items) && { items: convert(node.items, `${path}[]`, textsOf(keys)) }),
    ...extensions,
  };
}

function propertiesOf(
  properties: NonNullable<JsonSchema['properties']>,
  path: string,
): Readonly<Record<string, StructuralSchema>> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, each]) => [name, convert(each, `${path}.${name}`, [])]),
  );
}

/** The range of a number; that it is safe in JavaScript is not worth saying. */
function boundsOf({ minimum, maximum }: JsonSchema): Pick<StructuralSchema, 'minimum' | 'maximum'> {
  return {
    ...(minimum !== undefined && minimum !== Number.MIN_SAFE_INTEGER && { minimum }),
    ...(maximum !== undefined && maximum !== Number.MAX_SAFE_INTEGER && { maximum }),
  };
}

function extensionsOf(node: JsonSchema): Readonly<Record<`x-kubernetes-${string}`, unknown>> {
  return Object.fromEntries(Object.entries(node).filter(([name]) => name.startsWith('x-kubernetes-')));
}

/** Whether it tells the type of values of any key; that there must be no more keys is said by leaving it out. */
function isMapOf(additional: JsonSchema['additionalProperties']): additional is JsonSchema {
  return typeof additional === 'object' && Object.keys(additional).length > 0;
}

function isOne(items: JsonSchema['items']): items is JsonSchema {
  return typeof items === 'object' && !Array.isArray(items);
}

function isStructural(type: JsonSchema['type']): type is StructuralSchema['type'] {
  return type !== undefined && type !== 'null';
}

function textsOf(keys: unknown): readonly string[] {
  return Array.isArray(keys) ? keys.map(String) : [];
}
