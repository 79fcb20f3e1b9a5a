import type { DatabaseSchema } from '@berth/ovsdb';
import { isMap, type Row, type Value } from '@berth/ovsdb/value';

/** Tables whose rows are credentials, or say who may connect and how. */
const secretTables: ReadonlySet<string> = new Set(['SSL', 'Connection', 'RBAC_Permission', 'RBAC_Role']);

/** Tables that are large and that northd makes anew from the others. */
const derivedTables: ReadonlySet<string> = new Set([
  'Logical_Flow',
  'Logical_DP_Group',
  'Multicast_Group',
  'IGMP_Group',
]);

/** Keys of options, external_ids and the like whose values nobody else should see. */
const secretKey =
  /secret|passw(or)?d|passphrase|token|credential|private[-_]?key|psk|auth[-_]?key|api[-_]?key/i;

/** Text that is itself a key, whatever it is called. */
const keyText = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/** The tables of a database that go into a bundle, sorted. */
export function bundledTables(schema: DatabaseSchema): readonly string[] {
  return Object.keys(schema.tables)
    .filter((table) => !secretTables.has(table) && !derivedTables.has(table))
    .sort();
}

/** A row without its secrets: such keys of maps are gone, such texts are empty. */
export function withoutSecrets(row: Row): Row {
  const kept: Record<string, Value> & { _uuid: Row['_uuid'] } = { _uuid: row._uuid };
  for (const [column, value] of Object.entries(row)) if (column !== '_uuid') kept[column] = cleaned(value);
  return kept;
}

function cleaned(value: Value): Value {
  if (typeof value === 'string') return keyText.test(value) ? '' : value;
  if (!isMap(value)) return value;
  const pairs = [...value].filter(
    ([key, each]) => !secretKey.test(String(key)) && !keyText.test(String(each)),
  );
  return pairs.length === value.size ? value : new Map(pairs);
}

/** An object of a controller's without what its users may have hidden in it: annotations of other programs, ConfigMaps' secrets. */
export function objectWithoutSecrets<T extends { readonly metadata: { readonly annotations: object } }>(
  object: T,
): T {
  const annotations = Object.fromEntries(
    Object.entries(object.metadata.annotations).filter(
      ([key]) => key !== 'kubectl.kubernetes.io/last-applied-configuration' && !secretKey.test(key),
    ),
  );
  return { ...object, metadata: { ...object.metadata, annotations } };
}
