import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import type { Release, TunnelBfd } from './fabric.ts';
import { firstRow } from './tables.ts';

/** What OVS does where NB_Global says nothing (ovs-vswitchd.conf.db(5), Interface bfd). */
const defaultBfd: TunnelBfd = { minRxMs: 1000, minTxMs: 100, multiplier: 3 };

/** Tunnel BFD as NB sets it, or SB, to which northd copies it (ovn-nb(5), NB_Global options). */
export function tunnelBfdOf(nb: Snapshot<NbTables>, sb: Snapshot<SbTables>): TunnelBfd {
  const north = firstRow(nb, 'NB_Global')?.options;
  const south = firstRow(sb, 'SB_Global')?.options;
  const read = (key: string, fallback: number): number => {
    const value = Number(north?.get(key) ?? south?.get(key) ?? fallback);
    return Number.isInteger(value) && value > 0 ? value : fallback;
  };
  return {
    minRxMs: read('bfd-min-rx', defaultBfd.minRxMs),
    minTxMs: read('bfd-min-tx', defaultBfd.minTxMs),
    multiplier: read('bfd-mult', defaultBfd.multiplier),
  };
}

/**
 * The release of the northd that last wrote: `northd_internal_version` in the options of SB_Global or NB_Global,
 * `23.03.1-20.27.0-70.6`. Undefined where neither says.
 */
export function releaseOf(nb: Snapshot<NbTables>, sb: Snapshot<SbTables>): Release | undefined {
  for (const options of [firstRow(sb, 'SB_Global')?.options, firstRow(nb, 'NB_Global')?.options]) {
    const version = /^(\d{2})\.(\d{2})\b/.exec(options?.get('northd_internal_version') ?? '');
    if (version) return { year: Number(version[1]), month: Number(version[2]) };
  }
  return undefined;
}

/** Whether a release is `year.month` or newer. One that is not known is taken as 23.03. */
export function isSince(release: Release | undefined, year: number, month: number): boolean {
  const { year: ownYear, month: ownMonth } = release ?? oldestKnown;
  return ownYear > year || (ownYear === year && ownMonth >= month);
}

const oldestKnown: Release = { year: 23, month: 3 };
