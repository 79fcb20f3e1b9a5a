import { type CniVersion, isAtLeast } from './version.ts';

/** A success as CNI 1.1 has it (section 5, "ADD Success"), as far as we fill it in. */
export type CniResult = {
  readonly interfaces: readonly {
    readonly name: string;
    readonly mac: string;
    readonly mtu: number;
    /** Path of the network namespace; absent for the node's own end. */
    readonly sandbox?: string;
  }[];
  readonly ips: readonly {
    /** With its prefix length: `192.168.0.4/24`. */
    readonly address: string;
    readonly gateway?: string;
    /** Place in `interfaces`. */
    readonly interface: number;
  }[];
  readonly routes: readonly { readonly dst: string; readonly gw: string }[];
};

/** A success in the words of the version that was asked for, to be printed. `dns` is what the configuration says. */
export function resultAs(version: CniVersion, result: CniResult, dns: object = {}): object {
  return {
    cniVersion: version,
    interfaces: result.interfaces.map(({ mtu, ...rest }) =>
      isAtLeast(version, '1.1.0') ? { ...rest, mtu } : rest,
    ),
    ips: result.ips.map((ip) =>
      isAtLeast(version, '1.0.0') ? ip : { version: ip.address.includes(':') ? '6' : '4', ...ip },
    ),
    routes: result.routes,
    dns,
  };
}
