import type { IP, OvnEip, Pod, Vip } from '@berth/api';
import { familyOf, type Ip, parseIp } from '@berth/net';
import type { AddressClaim, Allocated, Request } from './claim.ts';

/** A claim with the object it is made for, as that object is once it has its addresses. */
export type Candidate = {
  readonly object: OvnEip | IP | Vip;
  /** The pod that the IP is for: the pod's age counts, which stays when the IP is stored. */
  readonly pod?: Pod;
  readonly claim: AddressClaim;
  readonly withAddresses: (got: Allocated) => OvnEip | IP | Vip;
};

/** The request that a field makes, if it holds an address. */
export function request(text: string | undefined, field: string): readonly Request<Ip>[] {
  const value = text === undefined ? undefined : parseIp(text);
  return value ? [{ value, field }] : [];
}

/** Addresses by family. */
export function families(ips: readonly Ip[]): { readonly v4: Ip | undefined; readonly v6: Ip | undefined } {
  return { v4: ips.find((ip) => familyOf(ip) === 'IPv4'), v6: ips.find((ip) => familyOf(ip) === 'IPv6') };
}

/** The candidate of an object, made once for as long as the object is the same. */
export function remembered<T extends object>(
  object: T,
  instance: string,
  make: (object: T, instance: string) => Candidate,
): Candidate {
  const known = candidates.get(object);
  if (known?.instance === instance) return known.candidate;
  const candidate = make(object, instance);
  candidates.set(object, { instance, candidate });
  return candidate;
}

const candidates = new WeakMap<object, { readonly instance: string; readonly candidate: Candidate }>();
