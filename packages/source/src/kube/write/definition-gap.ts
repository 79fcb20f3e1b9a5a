import { type JsonObject, objectIn } from '../api/json.ts';

/**
 * Fields of a structural schema that another one lacks and therefore drops, as paths such as `spec.probes[].targets`; of a
 * field that is lacking what is inside it is not listed.
 */
export function lackingFields(ours: JsonObject, theirs: JsonObject, at = ''): readonly string[] {
  if (theirs['x-kubernetes-preserve-unknown-fields'] === true) return [];
  const known = objectIn(theirs, 'properties');
  const named = Object.entries(objectIn(ours, 'properties')).flatMap(([name, field]) => {
    const path = at === '' ? name : `${at}.${name}`;
    return name in known ? lackingFields(objectIn({ field }, 'field'), objectIn(known, name), path) : [path];
  });
  const items = objectIn(ours, 'items');
  return Object.keys(items).length === 0
    ? named
    : [...named, ...lackingFields(items, objectIn(theirs, 'items'), `${at}[]`)];
}
