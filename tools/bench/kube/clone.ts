import { randomUUID } from 'node:crypto';
import { type JsonObject, objectIn, textIn } from '../../../packages/source/src/kube/api/json.ts';
import { type Field, insideIp, kubeOvn } from './field.ts';
import { nameOf } from './floating-ips.ts';

/** External addresses of clones begin here, above those that a controller hands out first. */
const firstClone = 2 ** 15;

/** Puts in one transaction; etcd takes 128. */
const putsAtATime = 100;

/**
 * Makes floating IPs with their EIPs as a controller leaves them, after the pattern of one that it made, by writing them into
 * etcd as a restore does: in seconds, where the API server would take a quarter of an hour. `places` are their numbers.
 */
export async function clone({ api, kube }: Field, pattern: string, places: readonly number[]): Promise<void> {
  const read = (plural: string) => api.call({ method: 'GET', path: `${kubeOvn}/${plural}/${pattern}` });
  const [eip, fip] = [await read('ovn-eips'), await read('ovn-fips')];
  const replaced = [
    pattern,
    textIn(objectIn(eip, 'status'), 'v4Ip') ?? '',
    textIn(objectIn(fip, 'spec'), 'v4Ip') ?? '',
  ];
  const puts = places.flatMap((place) => {
    const words = [nameOf(place), outsideIp(place), insideIp(place)];
    const mac = `02:10:00:${[16, 8, 0].map((bits) => hex((place >> bits) & 255)).join(':')}`;
    return [
      putOf('ovn-eips', withMac(rewritten(eip, replaced, words), mac)),
      putOf('ovn-fips', rewritten(fip, replaced, words)),
    ];
  });
  for (let from = 0; from < puts.length; from += putsAtATime) {
    const answer = await fetch(`${kube.etcdUrl}/v3/kv/txn`, {
      method: 'POST',
      body: JSON.stringify({ success: puts.slice(from, from + putsAtATime) }),
    });
    if (!answer.ok) throw new Error(`etcd refused the objects: ${await answer.text()}`);
  }
}

/** An operation of a transaction of etcd, in the JSON of its gateway: bytes are base64. */
function putOf(plural: string, object: JsonObject): object {
  const name = textIn(objectIn(object, 'metadata'), 'name') ?? '';
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const key = `/registry/kubeovn.io/${plural}/${name}`;
  return { requestPut: { key: base64(key), value: base64(JSON.stringify(object)) } };
}

/** The object with other words in it, as one that was never changed since it was made. */
function rewritten(object: JsonObject, from: readonly string[], to: readonly string[]): JsonObject {
  const { managedFields: _managed, resourceVersion: _version, ...rest } = objectIn(object, 'metadata');
  const metadata = { ...rest, uid: randomUUID(), generation: 1 };
  const text = JSON.stringify({ ...object, metadata });
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

function outsideIp(place: number): string {
  const number = firstClone + place;
  return `10.${64 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
