import { type IP, type OvnEip, refKey, refOf, type Vip } from '@berth/api';
import type { Survey } from './surveyed.ts';

/** The addresses that objects may use, by `refKey` of the object. */
export type Granted = ReadonlyMap<string, readonly string[]>;

/**
 * The survey with no address in it that was not granted: one that a second object has stored as well, or that the
 * user wrote and that was refused. Such an address must never be programmed.
 */
export function withGranted(survey: Survey, granted: Granted): Survey {
  const { lookup } = survey;
  const OvnEip = new Map([...lookup.OvnEip].map(([name, eip]) => [name, eipWith(eip, granted)]));
  const IP = new Map([...lookup.IP].map(([name, ip]) => [name, ipWith(ip, granted)]));
  const Vip = new Map([...lookup.Vip].map(([name, vip]) => [name, vipWith(vip, granted)]));
  return {
    ...survey,
    lookup: { ...lookup, OvnEip, IP, Vip },
    eips: survey.eips.map((each) => ({ ...each, eip: OvnEip.get(each.eip.metadata.name) ?? each.eip })),
  };
}

function eipWith(eip: OvnEip, granted: Granted): OvnEip {
  if (!eip.status) return eip;
  const { v4Ip, v6Ip, ...status } = eip.status;
  const may = granted.get(refKey(refOf(eip))) ?? [];
  if (areAllIn(may, v4Ip, v6Ip)) return eip;
  return {
    ...eip,
    status: { ...status, ...(isIn(may, v4Ip) && { v4Ip }), ...(isIn(may, v6Ip) && { v6Ip }) },
  };
}

function ipWith(ip: IP, granted: Granted): IP {
  const { v4IpAddress, v6IpAddress, ...spec } = ip.spec;
  const may = granted.get(refKey(refOf(ip))) ?? [];
  if (areAllIn(may, v4IpAddress, v6IpAddress)) return ip;
  return {
    ...ip,
    spec: {
      ...spec,
      ...(isIn(may, v4IpAddress) && { v4IpAddress }),
      ...(isIn(may, v6IpAddress) && { v6IpAddress }),
    },
  };
}

function vipWith(vip: Vip, granted: Granted): Vip {
  if (!vip.status) return vip;
  const { v4ip, v6ip, ...status } = vip.status;
  const may = granted.get(refKey(refOf(vip))) ?? [];
  if (areAllIn(may, v4ip, v6ip)) return vip;
  return {
    ...vip,
    status: { ...status, ...(isIn(may, v4ip) && { v4ip }), ...(isIn(may, v6ip) && { v6ip }) },
  };
}

function areAllIn(granted: readonly string[], ...addresses: readonly (string | undefined)[]): boolean {
  return addresses.every((address) => address === undefined || granted.includes(address));
}

function isIn(granted: readonly string[], address: string | undefined): boolean {
  return address !== undefined && granted.includes(address);
}
