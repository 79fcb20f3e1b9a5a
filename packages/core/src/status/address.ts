import type { IP, OvnEip, Vip } from '@berth/api';
import { addIp, emptyIpSet, type Ip, type IpSet, ipSet, parseIp, subtractIps } from '@berth/net';
import { type Lookup, listOf } from '../intent/object/lookup.ts';
import { differenceOf } from '../memo/list-difference.ts';
import type { Asker } from '../memo/per-item.ts';

type Holder = OvnEip | IP | Vip;

/** How many objects have each address of a subnet, and the addresses once more. */
type Used = { readonly counts: Map<Ip, number>; set: IpSet };

type Known = {
  lists: readonly (readonly Holder[])[];
  readonly defaultSubnet: string;
  readonly bySubnet: Map<string, Used>;
};

/** From so many on a set is made anew. */
const many = 100;

/**
 * The addresses that objects have, by subnet: EIPs of an external one, IPs and Vips of one of a VPC. It costs what changed since the same
 * asker was here last.
 */
export function addressesBySubnet(
  asker: Asker,
  { OvnEip: eips, IP: ips, Vip: vips }: Pick<Lookup, 'OvnEip' | 'IP' | 'Vip'>,
  defaultSubnet: string,
): ReadonlyMap<string, IpSet> {
  const before = knownAddresses.get(asker);
  const known: Known =
    before?.defaultSubnet === defaultSubnet ? before : { lists: [], defaultSubnet, bySubnet: new Map() };
  knownAddresses.set(asker, known);
  const lists: Known['lists'] = [listOf(eips), listOf(ips), listOf(vips)];
  const changes = lists.map((list, place) => differenceOf(known.lists[place] ?? [], list));
  const isMany = changes.some(({ gone, come }) => gone.length + come.length > many);
  for (const { gone, come } of changes) {
    for (const object of gone) count(known, object, -1, isMany);
    for (const object of come) count(known, object, 1, isMany);
  }
  if (isMany) for (const used of known.bySubnet.values()) used.set = ipSet(used.counts.keys());
  known.lists = lists;
  return new Map([...known.bySubnet].map(([subnet, { set }]) => [subnet, set]));
}

const knownAddresses = new WeakMap<Asker, Known>();

function count({ bySubnet, defaultSubnet }: Known, object: Holder, by: 1 | -1, isSetLater: boolean): void {
  const subnet = subnetOf(object, defaultSubnet);
  if (subnet === undefined) return;
  const used = bySubnet.get(subnet) ?? { counts: new Map(), set: emptyIpSet };
  bySubnet.set(subnet, used);
  for (const ip of addressesOf(object)) {
    const before = used.counts.get(ip) ?? 0;
    if (before + by === 0) used.counts.delete(ip);
    else used.counts.set(ip, before + by);
    if (isSetLater) continue;
    if (before === 0) used.set = addIp(used.set, ip);
    if (before + by === 0) used.set = subtractIps(used.set, ipSet([ip]));
  }
  if (used.counts.size === 0) bySubnet.delete(subnet);
}

function subnetOf(object: Holder, defaultSubnet: string): string | undefined {
  return object.kind === 'OvnEip' ? object.spec.externalSubnet || defaultSubnet : object.spec.subnet;
}

function addressesOf(object: Holder): readonly Ip[] {
  if (object.kind === 'IP') return read(object.spec.v4IpAddress, object.spec.v6IpAddress);
  if (object.kind === 'OvnEip') return read(object.status?.v4Ip, object.status?.v6Ip);
  return read(object.status?.v4ip, object.status?.v6ip);
}

function read(...texts: readonly (string | undefined)[]): readonly Ip[] {
  return texts.flatMap((text) => (text && parseIp(text)) || []);
}
