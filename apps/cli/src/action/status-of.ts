import { type ResourceSet, refOf } from '@berth/api';
import {
  type Fabric,
  type FloatingIpIntent,
  gatewayClaim,
  type Intent,
  keeperChassis,
  type ObjectRef,
  type VpcIntent,
} from '@berth/core';
import { formatInterfaceAddress } from '@berth/net';
import type { StatusAnswer } from '../schema/status.ts';

type VpcStatus = StatusAnswer['vpcs'][number];
type FloatingIpStatus = StatusAnswer['floatingIps'][number];

/** The gateways of each VPC: those that NB has, and the one that claims the port in SB. */
export function vpcStatuses({ vpcs }: Intent, fabric: Fabric): readonly VpcStatus[] {
  return vpcs.map(({ name, attachments }) => ({
    name,
    attachments: attachments.map(({ subnet, addresses }) => {
      const port = `${name}-${subnet}`;
      const active = gatewayClaim(fabric, port);
      const members = (fabric.gateways.get(port) ?? []).filter(({ chassis }) => chassis !== keeperChassis);
      return {
        subnet,
        addresses: addresses.map(formatInterfaceAddress),
        gateways: members.map(({ chassis, priority }) => ({
          node: hostOf(fabric, chassis),
          chassis,
          priority,
          active: chassis === active,
        })),
      };
    }),
  }));
}

/** The placement and the berth of each floating IP, as SB tells. */
export function floatingIpStatuses(
  { vpcs }: Intent,
  fabric: Fabric,
  resources: ResourceSet,
): readonly FloatingIpStatus[] {
  return vpcs.flatMap((vpc) =>
    vpc.floatingIps.map((fip) => ({
      name: fip.name,
      vpc: vpc.name,
      externalIps: fip.pairs.map(({ external }) => external),
      target: targetOf(fip, resources),
      placement: { effective: fip.placement.effective, wanted: fip.placement.wanted },
      berth: berthOf(fip, vpc, fabric),
    })),
  );
}

/** The chassis that answers for a floating IP: its workload's own, or the active gateway of its VPC. */
function berthOf(fip: FloatingIpIntent, vpc: VpcIntent, fabric: Fabric): FloatingIpStatus['berth'] {
  const { port, node } = fip.target;
  const gateways = vpc.attachments.find(({ subnet }) => subnet === fip.subnet)?.gateways ?? [];
  const isLocal =
    fip.placement.effective === 'distributed' ||
    (fip.placement.effective === 'gateway-local' && gateways.some((gateway) => gateway.node === node));
  const chassis =
    isLocal && port !== undefined
      ? fabric.claims.get(port)
      : gatewayClaim(fabric, `${vpc.name}-${fip.subnet}`);
  return chassis === undefined ? null : { node: hostOf(fabric, chassis), chassis };
}

/** The pod a floating IP leads to; null when its target is no pod. */
export function targetOf(
  { target }: Pick<FloatingIpIntent, 'target'>,
  { IP, Pod }: Pick<ResourceSet, 'IP' | 'Pod'>,
): ObjectRef | null {
  const spec = IP.find(({ metadata }) => metadata.name === target.port)?.spec;
  const pod = Pod.find(
    ({ metadata }) => metadata.name === spec?.podName && metadata.namespace === spec?.namespace,
  );
  return pod ? refOf(pod) : null;
}

function hostOf(fabric: Fabric, chassis: string): string | null {
  return fabric.chassis.get(chassis)?.hostname || null;
}
