import type { IP, OvnEip, Resource, Vip } from '@berth/api';

/** Whether an object has or wants one of some addresses. */
export type AddressTest = {
  readonly byEip: (eip: OvnEip) => boolean;
  readonly byIp: (ip: IP) => boolean;
  readonly byVip: (vip: Vip) => boolean;
};

const no = (): boolean => false;

/** Tests many objects for addresses as they are written; none is tested where there is no address. */
export function hasAnyOf(wanted: ReadonlySet<string>): AddressTest {
  if (wanted.size === 0) return { byEip: no, byIp: no, byVip: no };
  const has = (text: string | undefined): boolean => text !== undefined && wanted.has(text);
  return {
    byEip: ({ spec, status }) =>
      has(spec.v4Ip) ||
      has(spec.v6Ip) ||
      has(spec.macAddress) ||
      (status !== undefined && (has(status.v4Ip) || has(status.v6Ip) || has(status.macAddress))),
    byIp: ({ spec }) =>
      has(spec.v4IpAddress) ||
      has(spec.v6IpAddress) ||
      has(spec.macAddress) ||
      (spec.ipAddress?.split(',').some(has) ?? false),
    byVip: ({ spec, status }) =>
      has(spec.v4ip) ||
      has(spec.v6ip) ||
      has(spec.macAddress) ||
      (status !== undefined && (has(status.v4ip) || has(status.v6ip) || has(status.mac))),
  };
}

/** The addresses that an object has, wants or leads to, as they are written. */
export function addressesIn(object: Resource): readonly string[] {
  return textsOf(object).filter((text): text is string => text !== undefined && text !== '');
}

function textsOf(object: Resource): readonly (string | undefined)[] {
  switch (object.kind) {
    case 'OvnEip': {
      const { spec, status } = object;
      const given = [status?.v4Ip, status?.v6Ip, status?.macAddress];
      return [spec.v4Ip, spec.v6Ip, spec.macAddress, ...given];
    }
    case 'IP': {
      const { v4IpAddress, v6IpAddress, macAddress, ipAddress = '' } = object.spec;
      return [v4IpAddress, v6IpAddress, macAddress, ...ipAddress.split(',')];
    }
    case 'Vip': {
      const { spec, status } = object;
      return [spec.v4ip, spec.v6ip, spec.macAddress, status?.v4ip, status?.v6ip, status?.mac];
    }
    case 'OvnFip':
    case 'OvnDnatRule':
      return [object.spec.v4Ip, object.spec.v6Ip];
    case 'OvnSnatRule':
      return [object.spec.v4IpCidr, object.spec.v6IpCidr];
    default:
      return [];
  }
}
