import { type Cidr, cidrFamily, contains, familyOf, isHost } from '@berth/net';
import { splitCidrs, splitIps } from '../field/address.ts';
import type { FieldFault } from '../field/cross-check.ts';

type Addressing = {
  readonly cidrBlock?: unknown;
  readonly protocol?: unknown;
  readonly gateway?: unknown;
};

/** What the addressing fields of a subnet say about each other. A field that is wrong in itself is left out. */
export function checkSubnet(spec: Addressing): readonly FieldFault[] {
  const cidrs = typeof spec?.cidrBlock === 'string' ? splitCidrs(spec.cidrBlock) : [];
  if (cidrs.length === 0) return [];
  return [...checkProtocol(spec.protocol, cidrs), ...checkGateway(spec.gateway, cidrs)];
}

function checkProtocol(protocol: unknown, cidrs: readonly Cidr[]): readonly FieldFault[] {
  const [first] = cidrs;
  const actual = cidrs.length > 1 || first === undefined ? 'Dual' : cidrFamily(first);
  if (typeof protocol !== 'string' || protocol === actual) return [];
  if (!['IPv4', 'IPv6', 'Dual'].includes(protocol)) return [];
  return [
    {
      path: ['protocol'],
      message: `protocol ${protocol} does not fit cidrBlock ${cidrs.join(',')}`,
      cure: `write ${actual}, or leave the field out`,
    },
  ];
}

function checkGateway(gateway: unknown, cidrs: readonly Cidr[]): readonly FieldFault[] {
  if (typeof gateway !== 'string') return [];
  return splitIps(gateway).flatMap((ip) => {
    const cidr = cidrs.find((each) => cidrFamily(each) === familyOf(ip));
    if (cidr && isHost(cidr, ip)) return [];
    const where = cidr && contains(cidr, ip) ? 'is no host address of' : 'is not in';
    return [
      {
        path: ['gateway'],
        message: `gateway ${ip} ${where} ${cidr ?? `any ${familyOf(ip)} network of cidrBlock`}`,
        cure: `write a host address of ${cidr ?? cidrs.join(',')}, or leave the field out for the first one`,
      },
    ];
  });
}
