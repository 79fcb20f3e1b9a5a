import { lingersPrefix, takenPrefix } from '@berth/api';
import { type Ip, ipValue, parseIp } from '@berth/net';
import { addressColumn, readAddressColumn } from './address-column.ts';
import { type Inner, innerText, joinedInner, readInner } from './linger-inner.ts';
import { type RowChange, readRowChange, rowChangeText } from './row-change.ts';
import { readTextColumn, textColumn } from './text-column.ts';

/** Addresses of one external switch that one change took from one chassis, as `external_ids` of NB_Global has them under one key. */
export type LingerList = {
  /** The external switch (Logical_Switch) they were answered on. */
  readonly switchName: string;
  readonly chassis: string;
  /** When they were taken. */
  readonly change: RowChange;
  readonly taken: readonly Taken[];
};

/** What differs between the addresses of a list. */
export type Taken = {
  readonly ip: Ip;
  /**
   * The hardware address it was answered with. Undefined where so many were taken that there was no room to tell it; the object is not told
   * then either.
   */
  readonly mac: string | undefined;
  /** The object that had it, as `formatRef` writes it; undefined where its row named none. */
  readonly object: string | undefined;
  /** What was translated to it on the way out. Absent where that is not known: there was no room to tell it, or an older Berth wrote the list. */
  readonly inner?: readonly Inner[];
};

/** An address that was taken twice, or from several rows: as the later says, with all that was translated to it. */
export function joinedTaken(earlier: Taken | undefined, later: Taken): Taken {
  if (earlier === undefined) return later;
  const { inner: _, ...rest } = later;
  const inner = joinedInner(earlier.inner, later.inner);
  return { ...rest, ...(inner && { inner }) };
}

/** More of one list are not read: no chassis has so many. */
const most = 1_000_000;

/**
 * A list as NB has it: addresses, the MACs they were answered with, the objects that had them, and what was translated to them on its way out, each
 * in a column. Of all but the addresses there are those of the first addresses, as many as fit where key and value have `room` characters. The key names the first address, so that
 * lists that are written one after the other have keys of their own.
 */
export function lingerEntry(
  { switchName, chassis, change, taken }: LingerList,
  room: number,
): readonly [key: string, value: string] {
  const byIp = new Map<Ip, Taken>();
  for (const each of taken) byIp.set(each.ip, joinedTaken(byIp.get(each.ip), each));
  const all = ascending([...byIp.keys()]).flatMap((ip) => byIp.get(ip) ?? []);
  const key = `${takenPrefix}${rowChangeText(change)}/${switchName}/${all[0]?.ip}/${chassis}`;
  const addresses = addressColumn(all.map(({ ip }) => ip));
  const details = detailsOf(all, room - key.length - addresses.length);
  return [key, [addresses, ...details].join(' ')];
}

/** Those of IPv4 first. */
function ascending(ips: readonly Ip[]): readonly Ip[] {
  const valued = ips.map((ip) => ({ ip, value: ipValue(ip), isLong: ip.includes(':') ? 1 : 0 }));
  valued.sort((left, right) => left.isLong - right.isLong || (left.value < right.value ? -1 : 1));
  return valued.map(({ ip }) => ip);
}

function detailsOf(all: readonly Taken[], room: number): readonly string[] {
  let count = all.length;
  while (count > 0) {
    const some = all.slice(0, count);
    const details = [
      textColumn(some.map(({ mac = '' }) => shortMac(mac))),
      textColumn(some.map(({ object = '' }) => object)),
      textColumn(some.map(({ inner }) => innerText(inner))),
    ];
    const length = details.join(' ').length + 1;
    if (length <= room) return details;
    count = Math.min(count - 1, Math.floor((count * Math.max(room, 0)) / length));
  }
  return [];
}

/** What a key and its value say; undefined for any other key, and for what cannot be read. */
export function readLingerEntry(key: string, value: string): LingerList | undefined {
  if (key.startsWith(lingersPrefix)) return readSingle(key.slice(lingersPrefix.length), value);
  if (!key.startsWith(takenPrefix)) return undefined;
  const [number = '', switchName, , ...rest] = key.slice(takenPrefix.length).split('/');
  const [change, chassis, taken] = [readRowChange(number), rest.join('/'), readTaken(value)];
  if (!change || !taken || !switchName || chassis === '') return undefined;
  return { switchName, chassis, change, taken };
}

function readTaken(value: string): readonly Taken[] | undefined {
  const [addresses = '', macs, objects, inners] = value.split(' ');
  const ips = readAddressColumn(addresses, most);
  if (ips === undefined) return undefined;
  if (macs === undefined || objects === undefined)
    return ips.map((ip) => ({ ip, mac: undefined, object: undefined }));
  const [macOf, objectOf] = [readTextColumn(macs, ips.length), readTextColumn(objects, ips.length)];
  if (macOf === undefined || objectOf?.length !== macOf.length) return undefined;
  // The column came later than the others.
  const innerOf = inners === undefined ? [] : (readTextColumn(inners, ips.length) ?? []);
  return ips.map((ip, place): Taken => {
    const [mac, inner] = [macOf[place], readInner(innerOf[place] ?? '')];
    const told = { mac: mac ? longMac(mac) : undefined, object: objectOf[place] || undefined };
    return { ip, ...told, ...(inner && { inner }) };
  });
}

/** The form of 0.1, of one address: its key names it, the switch and the chassis. */
function readSingle(name: string, value: string): LingerList | undefined {
  const [address = '', switchName, ...rest] = name.split('/');
  const [number = '', mac, object] = value.split(' ');
  const [ip, change, chassis] = [parseIp(address), readRowChange(number), rest.join('/')];
  if (!ip || !change || !mac || switchName === undefined || chassis === '') return undefined;
  return { switchName, chassis, change, taken: [{ ip, mac, object }] };
}

/** Without colons, which are where they are in every MAC. */
function shortMac(mac: string): string {
  return /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/.test(mac) ? mac.replaceAll(':', '') : mac;
}

function longMac(mac: string): string {
  return /^[0-9a-f]{12}$/.test(mac) ? (mac.match(/../g) ?? []).join(':') : mac;
}
