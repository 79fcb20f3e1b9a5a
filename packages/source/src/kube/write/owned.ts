import { isJsonObject, type JsonObject, objectIn } from '../api/json.ts';

/** Our field managers: one for metadata and spec, one for status; agents have their own. */
export const fieldManagers = { main: 'berth', status: 'berth-status', agent: 'berth-agent' } as const;

/** The fields of an object that we applied and that would go if we left them out of the next apply. */
export type Owned = {
  readonly labels: readonly string[];
  readonly annotations: readonly string[];
  readonly finalizers: readonly string[];
  readonly spec: readonly string[];
  readonly status: readonly string[];
};

/** Reads `metadata.managedFields` (server-side apply, FieldsV1). */
export function ownedBy(managedFields: readonly unknown[]): Owned {
  const main = fieldsOf(managedFields, fieldManagers.main);
  const metadata = objectIn(main, 'f:metadata');
  return shared({
    labels: namesIn(objectIn(metadata, 'f:labels')),
    annotations: namesIn(objectIn(metadata, 'f:annotations')),
    finalizers: valuesIn(objectIn(metadata, 'f:finalizers')),
    spec: namesIn(objectIn(main, 'f:spec')),
    status: namesIn(objectIn(fieldsOf(managedFields, fieldManagers.status), 'f:status')),
  });
}

/** One of each: of ten thousand objects of a kind we have applied the same fields. */
function shared(owned: Owned): Owned {
  const text = JSON.stringify(owned);
  const known = sets.get(text);
  if (known) return known;
  if (sets.size === mostSets) sets.clear();
  sets.set(text, owned);
  return owned;
}

const sets = new Map<string, Owned>();
const mostSets = 1_000;

function fieldsOf(managedFields: readonly unknown[], manager: string): JsonObject {
  const found = managedFields.find(
    (each) => isJsonObject(each) && each['manager'] === manager && each['operation'] === 'Apply',
  );
  return objectIn(found, 'fieldsV1');
}

/** Names of the fields of a set: `f:name`. */
function namesIn(set: JsonObject): readonly string[] {
  return Object.keys(set).flatMap((key) => (key.startsWith('f:') ? [key.slice(2)] : []));
}

/** The texts of a set of values: `v:"text"`. */
function valuesIn(set: JsonObject): readonly string[] {
  return Object.keys(set).flatMap((key) => {
    if (!key.startsWith('v:')) return [];
    const value: unknown = JSON.parse(key.slice(2));
    return typeof value === 'string' ? [value] : [];
  });
}
