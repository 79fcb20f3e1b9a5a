import { isJsonArray, isJsonObject, type Json } from '../value/json.ts';
import { isOfPool } from './row-pool.ts';

/*
 * What was asked of a server and what it answered, and what makes the answers of two servers comparable.
 */

/** A transcript as text: one transaction and its answer per line. */
export type Transcript = readonly (readonly [operations: readonly Json[], answer: Json])[];

/** The transcript of a text. */
export function parseTranscript(text: string): Transcript {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Transcript[number] => JSON.parse(line));
}

/** The text of a transcript. */
export function formatTranscript(transcript: Transcript): string {
  return transcript.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}

/**
 * An answer without what two right servers may do differently: the text of `details` and `syntax`, `_version`, the UUIDs that the server made up
 * (numbered by the inserts that returned them), the order of rows and of set elements, digits of a number beyond the twelfth.
 */
export function normaliser(): (answer: Json) => Json {
  const made = new Map<string, string>();
  const normaliseUuid = (uuid: string) => made.get(uuid) ?? (isOfPool(uuid) ? uuid : 'made up');
  const normalise = (json: Json): Json => {
    if (isJsonArray(json)) return normaliseList(json);
    if (typeof json === 'number') return Number(json.toPrecision(12));
    if (!isJsonObject(json)) return json;
    if (typeof json['error'] === 'string') return { error: json['error'] };
    const members = Object.entries(json)
      .filter(([name]) => name !== '_version')
      .map(([name, member]): [string, Json] => {
        return [name, name === 'rows' ? sorted(normalise(member)) : normalise(member)];
      });
    return Object.fromEntries(members.sort(([left], [right]) => (left < right ? -1 : 1)));
  };
  const normaliseList = (json: readonly Json[]): Json => {
    const [tag, text] = json;
    if (tag === 'uuid' && typeof text === 'string') return ['uuid', normaliseUuid(text)];
    const items = json.map(normalise);
    return tag === 'set' || tag === 'map' ? [tag, sorted(items[1])] : items;
  };
  return (answer) => {
    for (const result of isJsonArray(answer) ? answer : []) {
      const uuid = isJsonObject(result) && isJsonArray(result['uuid']) ? result['uuid'][1] : undefined;
      if (typeof uuid === 'string' && !isOfPool(uuid)) made.set(uuid, made.get(uuid) ?? `new-${made.size}`);
    }
    return normalise(answer);
  };
}

function sorted(json: Json | undefined): Json {
  if (!isJsonArray(json)) return json ?? null;
  return json
    .map((item) => JSON.stringify(item))
    .sort()
    .map((text): Json => JSON.parse(text));
}
