/** A JSON object. */
export type JsonObject = { readonly [key: string]: unknown };

/** Whether a value is a JSON object: no list, no null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value without its null fields, at any depth: Kubernetes takes `field: null` for no field. */
export function withoutNulls(value: unknown): unknown {
  return prune(value, (each) => each === null);
}

/**
 * The spec of one of Kube-OVN's kinds without its empty texts: in these kinds `""` and no field are the same, and
 * `kubectl get -o yaml` writes the former. Values of `matchLabels` may really be empty.
 */
export function withoutEmptyTexts(value: unknown): unknown {
  return prune(value, (each, key) => each === '' && key !== 'matchLabels');
}

function prune(
  value: unknown,
  drop: (value: unknown, parentKey: string) => boolean,
  parentKey = '',
): unknown {
  if (Array.isArray(value)) return value.map((item) => prune(item, drop));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => !drop(each, parentKey))
      .map(([key, each]) => [key, prune(each, drop, key)]),
  );
}
