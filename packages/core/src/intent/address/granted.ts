import type { IP, OvnEip, Vip } from '@berth/api';
import { withReplaced } from '../object/lookup.ts';
import type { SettledPools } from '../object/settled-pools.ts';
import type { Survey } from '../object/surveyed.ts';

/** The addresses that an object may use; undefined where that is whatever it has. */
export type Granted = (object: OvnEip | IP | Vip) => readonly string[] | undefined;

/**
 * The survey with no address in it that was not granted: one that a second object has stored as well, or that the
 * user wrote and that was refused. Such an address must never be programmed. In `pools` are the claims of which that is known.
 */
export function withGranted(survey: Survey, granted: Granted, pools: SettledPools): Survey {
  const { lookup } = survey;
  const OvnEip = eachWith(lookup.OvnEip, pools.unsettledOf('OvnEip', lookup.OvnEip), (eip) =>
    eipWith(eip, granted),
  );
  const IP = eachWith(lookup.IP, pools.unsettledOf('IP', lookup.IP), (ip) => ipWith(ip, granted));
  const Vip = eachWith(lookup.Vip, pools.unsettledOf('Vip', lookup.Vip), (vip) => vipWith(vip, granted));
  const eips =
    OvnEip === lookup.OvnEip
      ? survey.eips
      : survey.eips.map((each) => ({ ...each, eip: OvnEip.get(each.eip.metadata.name) ?? each.eip }));
  return { ...survey, lookup: { ...lookup, OvnEip, IP, Vip }, eips };
}

/** The map with other objects in place of some; the very same map where there are none. What is settled stays as it is. */
function eachWith<T extends IP | OvnEip | Vip>(
  objects: ReadonlyMap<string, T>,
  unsettled: readonly T[],
  other: (each: T) => T,
): ReadonlyMap<string, T> {
  const changed = unsettled.flatMap((each) => {
    const after = other(each);
    return after === each ? [] : [after];
  });
  return withReplaced(objects, changed);
}

function eipWith(eip: OvnEip, granted: Granted): OvnEip {
  if (!eip.status) return eip;
  const may = granted(eip);
  if (!may || areAllIn(may, eip.status.v4Ip, eip.status.v6Ip)) return eip;
  const { v4Ip, v6Ip, ...status } = eip.status;
  return {
    ...eip,
    status: { ...status, ...(isIn(may, v4Ip) && { v4Ip }), ...(isIn(may, v6Ip) && { v6Ip }) },
  };
}

function ipWith(ip: IP, granted: Granted): IP {
  const may = granted(ip);
  if (!may || areAllIn(may, ip.spec.v4IpAddress, ip.spec.v6IpAddress)) return ip;
  const { v4IpAddress, v6IpAddress, ...spec } = ip.spec;
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
  const may = granted(vip);
  if (!may || areAllIn(may, vip.status.v4ip, vip.status.v6ip)) return vip;
  const { v4ip, v6ip, ...status } = vip.status;
  return {
    ...vip,
    status: { ...status, ...(isIn(may, v4ip) && { v4ip }), ...(isIn(may, v6ip) && { v6ip }) },
  };
}

function areAllIn(granted: readonly string[], v4: string | undefined, v6: string | undefined): boolean {
  return (v4 === undefined || granted.includes(v4)) && (v6 === undefined || granted.includes(v6));
}

function isIn(granted: readonly string[], address: string | undefined): boolean {
  return address !== undefined && granted.includes(address);
}
