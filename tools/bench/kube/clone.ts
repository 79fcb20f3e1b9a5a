import { type JsonObject, objectIn, textIn } from '../../../packages/source/src/kube/api/json.ts';
import { inLanes } from './churn.ts';
import { type Field, insideIp, kubeOvn } from './field.ts';

/** External addresses of clones begin here, above those that a controller hands out first. */
const firstClone = 2 ** 15;

/**
 * Makes floating IPs with their EIPs as a controller leaves them, after the pattern of one that it made: a short way to very
 * many. `places` are their numbers.
 */
export async function clone({ api }: Field, pattern: string, places: readonly number[]): Promise<void> {
  const read = (plural: string) => api.call({ method: 'GET', path: `${kubeOvn}/${plural}/${pattern}` });
  const [eip, fip] = [await read('ovn-eips'), await read('ovn-fips')];
  const replaced = [
    pattern,
    textIn(objectIn(eip, 'status'), 'v4Ip') ?? '',
    textIn(objectIn(fip, 'spec'), 'v4Ip') ?? '',
  ] as const;
  await inLanes(places.length, async (turn) => {
    const place = places[turn] ?? 0;
    const words = [`web-${place}`, outsideIp(place), insideIp(place)];
    const mac = `02:10:00:${[16, 8, 0].map((bits) => hex((place >> bits) & 255)).join(':')}`;
    await create(api, 'ovn-eips', withMac(rewritten(eip, replaced, words), mac));
    await create(api, 'ovn-fips', rewritten(fip, replaced, words));
  });
}

/** The object with other words in it, as one that was never changed since it was made. */
function rewritten(object: JsonObject, from: readonly string[], to: readonly string[]): JsonObject {
  const { name, labels, annotations, finalizers } = objectIn(object, 'metadata');
  const text = JSON.stringify({ ...object, metadata: { name, labels, annotations, finalizers } });
  const marked = from.reduce((all, word, place) => all.replaceAll(whole(word), `\u0001${place}\u0001`), text);
  const other = to.reduce((all, word, place) => all.replaceAll(`\u0001${place}\u0001`, word), marked);
  return JSON.parse(other.replaceAll(/"observedGeneration":\d+/g, '"observedGeneration":1'));
}

/** A word that is no part of a longer one: web-1 is not in web-10. */
function whole(word: string): RegExp {
  return new RegExp(`${word.replaceAll('.', '\\.')}(?![\\d])`, 'g');
}

function withMac(eip: JsonObject, macAddress: string): JsonObject {
  const [spec, status] = [objectIn(eip, 'spec'), objectIn(eip, 'status')];
  return { ...eip, spec: { ...spec, macAddress }, status: { ...status, macAddress } };
}

async function create(api: Field['api'], plural: string, object: JsonObject): Promise<void> {
  const path = `${kubeOvn}/${plural}`;
  await api.call({ method: 'POST', path, body: object });
  const name = textIn(objectIn(object, 'metadata'), 'name');
  const body = { status: object['status'] };
  await api.call({ method: 'PATCH', path: `${path}/${name}/status`, patch: 'merge', body });
}

function outsideIp(place: number): string {
  const number = firstClone + place;
  return `10.${64 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
