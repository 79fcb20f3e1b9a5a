export {
  type Cidr,
  type CidrReading,
  cidrFamily,
  compareCidr,
  contains,
  hostCidr,
  networkAddress,
  networkOf,
  overlaps,
  parseCidr,
  prefixLengthOf,
  readCidr,
} from './cidr/cidr.ts';
export { firstHost, isHost } from './cidr/hosts.ts';
export {
  formatInterfaceAddress,
  type InterfaceAddress,
  parseInterfaceAddress,
} from './cidr/interface-address.ts';
export { bitsOf, type Family } from './ip/address.ts';
export { type Endpoint, formatEndpoint, parseEndpoint, parsePort } from './ip/endpoint.ts';
export { compareIp, familyOf, type Ip, type IpReading, ipOf, ipValue, parseIp, readIp } from './ip/ip.ts';
export { fnv1a64, macFromSeed } from './mac/derive.ts';
export { isUnicastMac, type Mac, type MacReading, macBytes, parseMac, readMac } from './mac/mac.ts';
export {
  formatIpRange,
  type IpRange,
  type IpRangeReading,
  parseIpRange,
  readIpRange,
} from './range/ip-range.ts';
export {
  addIp,
  countIps,
  emptyIpSet,
  hasIp,
  type IpItem,
  type IpSet,
  ipSet,
  ipSetOfCidr,
  rangesOf,
  subtractIps,
  unionIps,
} from './range/ip-set.ts';
export { countFree, freeIps, lowestFree } from './range/lowest-free.ts';
