import { isJsonObject, type JsonObject, listIn, objectIn } from '../api/json.ts';
import { lackingFields } from './definition-gap.ts';

/** How a cluster defines a kind: an older or another definition than ours may lack fields. */
export type Definition = {
  /** Whether status is written apart from the rest (subresource `status`). */
  readonly hasStatus: boolean;
  /** Whether conditions are a map by type, so that others' conditions stay when ours are applied. */
  readonly hasConditionMap: boolean;
  /** Fields of the schema it was compared with that the cluster would drop. */
  readonly lacks: readonly string[];
  /** The value of `spec` or `status` without what the cluster would drop. */
  offered(part: 'spec' | 'status', value: unknown): JsonObject;
};

/** Kubernetes' own kinds, which we do not write. */
export const builtIn: Definition = {
  hasStatus: true,
  hasConditionMap: true,
  lacks: [],
  offered: (_part, value) => (isJsonObject(value) ? value : {}),
};

/**
 * Reads a CustomResourceDefinition for one of its versions, and compares it with the schema `ours`; undefined when it does
 * not serve that version.
 */
export function definitionOf(
  crd: JsonObject,
  version: string,
  ours: JsonObject = {},
): Definition | undefined {
  const found = listIn(crd['spec'], 'versions').find(
    (each) => isJsonObject(each) && each['name'] === version && each['served'] === true,
  );
  if (!isJsonObject(found)) return undefined;
  const schema = objectIn(objectIn(found, 'schema'), 'openAPIV3Schema');
  const properties = objectIn(schema, 'properties');
  const conditions = objectIn(objectIn(objectIn(properties, 'status'), 'properties'), 'conditions');
  return {
    hasStatus: isJsonObject(objectIn(found, 'subresources')['status']),
    hasConditionMap: conditions['x-kubernetes-list-type'] === 'map',
    lacks: lackingFields(ours, schema),
    offered: (part, value) => {
      const kept = pruned(value, objectIn(properties, part));
      return isJsonObject(kept) ? kept : {};
    },
  };
}

/** A value without the fields that a structural schema does not know. */
function pruned(value: unknown, schema: JsonObject): unknown {
  if (schema['x-kubernetes-preserve-unknown-fields'] === true) return value;
  if (Array.isArray(value)) return value.map((each: unknown) => pruned(each, objectIn(schema, 'items')));
  if (!isJsonObject(value)) return value;
  const properties = objectIn(schema, 'properties');
  const others = schema['additionalProperties'];
  const fields = Object.entries(value).flatMap(([key, each]): (readonly [string, unknown])[] => {
    if (each === undefined) return [];
    if (isJsonObject(properties[key])) return [[key, pruned(each, objectIn(properties, key))]];
    if (others === true) return [[key, each]];
    return isJsonObject(others) ? [[key, pruned(each, others)]] : [];
  });
  return Object.fromEntries(fields);
}
