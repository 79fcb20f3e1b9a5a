import type { Ip, Mac } from '@berth/net';
import { runsAtWorkload } from '../compile/floating-ip.ts';
import type { ObjectRef } from '../finding/finding.ts';
import type {
  AttachmentIntent,
  ExternalSubnetIntent,
  FloatingIpIntent,
  Intent,
  VpcIntent,
} from '../intent/intent.ts';
import { routerPortName } from '../intent/object/router-port-name.ts';
import { perObject, perObjectWith } from '../memo/per-object.ts';

/** An address on an external network that something of ours answers for. */
export type ExternalAddress = {
  readonly ip: Ip;
  /** The MAC address that answers. */
  readonly mac: Mac;
  readonly network: string;
  readonly vlanId: number;
  /** The OvnEip that has it. */
  readonly eip: ObjectRef;
  /** The external subnet, whose switch has its name. */
  readonly subnet: string;
  /** The router port on it. */
  readonly routerPort: string;
  /** The logical port whose chassis answers: the workload's, or `cr-<router port>`. */
  readonly port: string;
  /** The one address it stands for; undefined where it stands for several, or for the router itself. */
  readonly logicalIp: Ip | undefined;
  /** The workload's node where that one answers; undefined where the gateway does. */
  readonly node: string | undefined;
};

/** Every external address of an intent: the routers' own, floating IPs, SNAT and DNAT. Each address of a network once. */
export function externalAddressesOf(intent: Intent): readonly ExternalAddress[] {
  return addressesIn(intent);
}

const addressesIn = perObject(({ vpcs, externals }: Intent): readonly ExternalAddress[] => {
  const subnets = new Map(externals.map((each) => [each.name, each]));
  const all: ExternalAddress[] = [];
  for (const vpc of vpcs) {
    for (const attachment of vpc.attachments) {
      const subnet = subnets.get(attachment.subnet);
      if (subnet) for (const address of addressesOf(vpc, attachment, subnet)) all.push(address);
    }
  }
  return areDifferent(all) ? all : [...new Map(all.map((each) => [keyOf(each), each])).values()];
});

/** Whether each is another address whatever its network: most are, and no text need be put together to see that. */
function areDifferent(addresses: readonly ExternalAddress[]): boolean {
  return new Set(addresses.map(({ ip }) => ip)).size === addresses.length;
}

function keyOf({ network, vlanId, ip }: ExternalAddress): string {
  return `${network} ${vlanId} ${ip}`;
}

function addressesOf(
  vpc: VpcIntent,
  { subnet: name, mac, addresses, eip: own }: AttachmentIntent,
  { provider: network, vlanId }: ExternalSubnetIntent,
): readonly ExternalAddress[] {
  const routerPort = routerPortName(vpc.name, name);
  const way = { mac, network, vlanId, subnet: name, routerPort };
  const atGateway = { ...way, port: `cr-${routerPort}`, node: undefined };
  const isHere = ({ subnet }: { readonly subnet: string }): boolean => subnet === name;
  return [
    ...vpc.sourceNats
      .filter(isHere)
      .flatMap(({ pairs, eip }) =>
        pairs.map(({ external }) => ({ ...atGateway, eip, ip: external, logicalIp: undefined })),
      ),
    ...vpc.portForwards
      .filter(isHere)
      .flatMap(({ forwards, eip }) =>
        forwards.map(({ external }) => ({ ...atGateway, eip, ip: external.ip, logicalIp: undefined })),
      ),
    ...vpc.floatingIps.filter(isHere).flatMap((fip) => ofFloatingIp(fip, way)),
    ...addresses.map(({ ip }) => ({ ...atGateway, eip: own, ip, logicalIp: undefined })),
  ];
}

type Way = Pick<ExternalAddress, 'mac' | 'network' | 'vlanId' | 'subnet' | 'routerPort'>;

const ofFloatingIp = perObjectWith((fip: FloatingIpIntent, way: Way): readonly ExternalAddress[] => {
  const { port, node } = fip.target;
  const atGateway = { ...way, port: `cr-${way.routerPort}`, node: undefined };
  const here = port !== undefined && runsAtWorkload(fip) ? { mac: fip.mac, port, node } : {};
  return fip.pairs.map(({ external, logical }) => ({
    ...atGateway,
    ...here,
    eip: fip.eip,
    ip: external,
    logicalIp: logical,
  }));
});
