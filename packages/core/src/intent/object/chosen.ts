import { chosenAddressesAnnotation, type OvnEip, type ResourceSet, type Vip } from '@berth/api';
import { familyOf, type Ip, parseIp } from '@berth/net';
import type { Request } from './claim.ts';
import type { ResourceWrite } from './write.ts';

type Metadata = OvnEip['metadata'] | Vip['metadata'];

/** What is written in an object's spec: the addresses that we chose and filled in, and the requests of the user. */
export function divided(
  written: readonly Request<Ip>[],
  { annotations }: Metadata,
): readonly [filled: readonly Ip[], requests: readonly Request<Ip>[]] {
  const texts = (annotations[chosenAddressesAnnotation] ?? '').split(',');
  const chosen = new Set(texts.map((text) => parseIp(text.trim())));
  const filled = written.map(({ value }) => value).filter((value) => chosen.has(value));
  return [filled, written.filter(({ value }) => !chosen.has(value))];
}

/** The addresses that an object was given without a request for one of their family. */
export function unasked(ips: readonly Ip[], requests: readonly Request<Ip>[]): readonly Ip[] {
  const asked = new Set(requests.map(({ value }) => familyOf(value)));
  return ips.filter((ip) => !asked.has(familyOf(ip)));
}

/** The metadata that tells which addresses we chose. */
export function withChosen<T extends Metadata>(metadata: T, ips: readonly Ip[]): T {
  const text = ips.length === 0 ? undefined : ips.join(',');
  if (metadata.annotations[chosenAddressesAnnotation] === text) return metadata;
  const { [chosenAddressesAnnotation]: _before, ...others } = metadata.annotations;
  const annotations = text === undefined ? others : { ...others, [chosenAddressesAnnotation]: text };
  return { ...metadata, annotations };
}

/** What makes all addresses that we chose the objects' own: nothing tells any more that nobody asked for them. */
export function settlingWrites({ OvnEip: eips, Vip: vips }: ResourceSet): readonly ResourceWrite[] {
  return [...eips, ...vips]
    .filter(({ metadata }) => metadata.annotations[chosenAddressesAnnotation] !== undefined)
    .map((object) => ({ verb: 'upsert', object: { ...object, metadata: withChosen(object.metadata, []) } }));
}
