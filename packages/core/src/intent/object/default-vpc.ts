import { defaultVpc, type OvnEip, type Vpc } from '@berth/api';
import { contains, familyOf, isHost } from '@berth/net';
import type { Finding } from '../../finding/finding.ts';
import { wantsDefaultVpc } from './external-wish.ts';
import { configField, configInvalid, type GatewayConfig } from './gateway-config.ts';
import type { Lookup } from './lookup.ts';
import { isOwn, newMetadata, routerEip } from './own-object.ts';
import type { SurveyedSubnet } from './subnet.ts';
import type { ResourceWrite } from './write.ts';

/** The resources with the default VPC where it is wanted and nobody wrote it, and what is to be stored for that. */
export function withDefaultVpc(
  lookup: Lookup,
  config: GatewayConfig | undefined,
): { readonly lookup: Lookup; readonly writes: readonly ResourceWrite[] } {
  if (lookup.Vpc.has(defaultVpc) || !wantsDefaultVpc(lookup, config)) return { lookup, writes: [] };
  const object: Vpc = {
    apiVersion: 'kubeovn.io/v1',
    kind: 'Vpc',
    metadata: newMetadata(defaultVpc),
    spec: {},
  };
  const all = [...lookup.Vpc, [defaultVpc, object] as const];
  const Vpc = new Map(all.sort(([left], [right]) => (left < right ? -1 : 1)));
  return { lookup: { ...lookup, Vpc }, writes: [{ verb: 'upsert', object }] };
}

/** What the ConfigMap asks for that does not fit the external subnet it is about. */
export function configAgainst(
  config: GatewayConfig,
  { subnet, networks }: SurveyedSubnet,
): readonly Finding[] {
  const name = subnet.metadata.name;
  return [
    ...config.nextHops.map((ip) => ({ ip, key: 'address' as const })),
    ...config.addresses.map((ip) => ({ ip, key: 'nicIp' as const })),
  ].flatMap(({ ip, key }) => {
    const network = networks.find(({ cidr }) => contains(cidr, ip));
    if (network && isHost(network.cidr, ip) && (key === 'address' || ip !== network.gateway)) return [];
    const cidrs = networks.map(({ cidr }) => cidr).join(' and ');
    const message = network
      ? `${ip} cannot be the address of a router on subnet/${name}`
      : `${ip} is not in ${cidrs} of subnet/${name}`;
    return [configInvalid(config.ref, configField(key), message, `choose an address of ${cidrs}`)];
  });
}

/**
 * The OvnEip of a router port with the addresses that the ConfigMap asks for, where it is the default VPC's and the
 * user did not write it himself. Without the ConfigMap's wish it keeps what it has.
 */
export function withRequestedAddress(
  eip: OvnEip,
  vpc: string,
  { networks }: SurveyedSubnet,
  config: GatewayConfig | undefined,
): OvnEip {
  if (vpc !== defaultVpc || !config?.enabled || !isOwn(eip)) return eip;
  const usable = config.addresses.filter((ip) =>
    networks.some(({ cidr, gateway }) => isHost(cidr, ip) && contains(cidr, ip) && ip !== gateway),
  );
  const wanted = Object.fromEntries(
    usable.map((ip) => [familyOf(ip) === 'IPv4' ? 'v4Ip' : 'v6Ip', ip] as const),
  );
  return { ...eip, spec: { ...eip.spec, ...wanted, ...(config.mac && { macAddress: config.mac }) } };
}

/** The OvnEip of a router port that does not exist yet. */
export function newRouterEip(
  name: string,
  vpc: string,
  subnet: SurveyedSubnet,
  config: GatewayConfig | undefined,
): OvnEip {
  return withRequestedAddress(routerEip(name, subnet.subnet.metadata.name), vpc, subnet, config);
}
