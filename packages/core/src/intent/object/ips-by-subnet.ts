import type { IP } from '@berth/api';
import { perObject } from '../../memo/per-object.ts';
import type { Lookup } from './lookup.ts';

/** The IPs of each subnet, found out once for a listing. */
export const ipsBySubnet = perObject(
  (ips: Lookup['IP']): ReadonlyMap<string | undefined, readonly IP[]> =>
    Map.groupBy(ips.values(), ({ spec }) => spec.subnet),
);
