import type { Ip, Mac } from '@berth/net';
import type { ObjectRef } from '../../finding/finding.ts';

/** An address asked for, and the field that asks. */
export type Request<T> = { readonly value: T; readonly field: string };

/** An object that needs an address in every network of a subnet, and a MAC. Requests are the user's, `stored` is what it has. */
export type AddressClaim = {
  readonly object: ObjectRef;
  readonly requested: { readonly ips: readonly Request<Ip>[]; readonly mac?: Request<Mac> | undefined };
  readonly stored: { readonly ips: readonly Ip[]; readonly mac: Mac | undefined };
  /** Of what is stored, what we chose and nobody asked for. */
  readonly chosen: readonly Ip[];
  /** When the object was made (RFC 3339), as far as that is known. */
  readonly since: string | undefined;
  /** The name of the logical switch port that is to have the addresses, where there is to be one. */
  readonly port: string;
  /** What a MAC is derived from when none is asked for. */
  readonly macSeed: string;
};

/** The addresses of one claim: one per network of the subnet, IPv4 first, and the MAC. */
export type Allocated = { readonly ips: readonly Ip[]; readonly mac: Mac };
