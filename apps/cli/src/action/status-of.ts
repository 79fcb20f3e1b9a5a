import { chassisAnnotation, formatRef, originKey, ownerKey, type ResourceSet, refOf } from '@berth/api';
import {
  chassisOfNode,
  type ExternalFlow,
  type Fabric,
  type FloatingIpIntent,
  gatewayClaim,
  type Intent,
  keeperChassis,
  type ObjectRef,
  podOfIp,
  type Verdict,
  worksOf,
} from '@berth/core';
import { parseIp } from '@berth/net';
import type { NbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import type { StatusAnswer } from '../schema/status.ts';

type VpcStatus = StatusAnswer['vpcs'][number];
type FloatingIpStatus = StatusAnswer['floatingIps'][number];

/** What status is told from. */
export type StatusWorld = {
  /** With the status of now. */
  readonly resources: ResourceSet;
  readonly intent: Intent;
  readonly fabric: Fabric;
  /** As it is: what is asked for may be otherwise, or wait. */
  readonly nb: Snapshot<NbTables>;
  readonly instance: string;
  /** Objects that have rows of the instance in NB, as `formatRef` writes them; the others are not programmed. */
  readonly programmed: ReadonlySet<string>;
  /** What becomes of every flow as things are now. */
  readonly verdicts: readonly Verdict[];
};

/** The gateways of each VPC: those that NB has, and the one that claims the port in SB. */
export function vpcStatuses({ intent, fabric, programmed, nb }: StatusWorld): readonly VpcStatus[] {
  const ports = new Map([...nb.table('Logical_Router_Port')].map((port) => [port.name, port.networks]));
  const vpcs = intent.vpcs.filter(({ ref }) => programmed.has(formatRef(ref)));
  return vpcs.map(({ name, attachments }) => ({
    name,
    attachments: attachments.map(({ subnet }) => {
      const port = `${name}-${subnet}`;
      const active = gatewayClaim(fabric, port);
      const members = (fabric.gateways.get(port) ?? []).filter(({ chassis }) => chassis !== keeperChassis);
      return {
        subnet,
        addresses: [...(ports.get(port) ?? [])],
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

/** The placement and the berth of each floating IP that is programmed, or whose address somebody answers for all the same. */
export function floatingIpStatuses({
  intent,
  fabric,
  resources,
  programmed,
  verdicts,
  nb,
  instance,
}: StatusWorld): readonly FloatingIpStatus[] {
  const translated = externalIpsIn(nb, instance);
  const byAddress = Map.groupBy(verdicts, ({ flow }) => addressKey(flow.router, flow.externalIp));
  const statusOf = new Map(resources.OvnFip.map(({ metadata, status }) => [metadata.name, status]));
  return intent.vpcs.flatMap((vpc) =>
    vpc.floatingIps.flatMap((fip): readonly FloatingIpStatus[] => {
      const { placement, berth } = statusOf.get(fip.name) ?? {};
      if (!programmed.has(formatRef(fip.ref)) && berth === undefined) return [];
      const found = fip.pairs.map((pair) => ({
        pair,
        ways: byAddress.get(addressKey(vpc.name, pair.external)) ?? [],
      }));
      const astray = found.flatMap(({ pair, ways }) => wayElsewhere(pair.logical, ways) ?? [])[0];
      return [
        {
          name: fip.name,
          vpc: vpc.name,
          externalIps: translated(fip),
          target: astray ? portTarget(astray.logicalPort, resources) : targetOf(fip, resources),
          elsewhere: astray?.logicalIp ?? null,
          placement: {
            effective: isPlacement(placement) ? placement : fip.placement.effective,
            wanted: fip.placement.wanted,
          },
          berth: berthOf(berth, fabric, resources),
          works: worksText(found.flatMap(({ ways }) => ways)),
        },
      ];
    }),
  );
}

/** Finds the external addresses that NB has for a floating IP: those of its own rows, and of what it asks for those that rows of others have. */
function externalIpsIn(
  nb: Snapshot<NbTables>,
  instance: string,
): (fip: FloatingIpIntent) => readonly string[] {
  const rows = [...nb.table('NAT')].filter(({ type }) => type === 'dnat_and_snat');
  // Another instance may have a floating IP of the same name.
  const ours = rows.filter(({ external_ids }) => external_ids.get(ownerKey) === instance);
  const own = Map.groupBy(ours, ({ external_ids }) => external_ids.get(originKey));
  const all = new Set(rows.map(({ external_ip }) => parseIp(external_ip)));
  return ({ ref, pairs }) => {
    const had = (own.get(formatRef(ref)) ?? []).map(({ external_ip }) => external_ip);
    const asked = pairs.flatMap(({ external }) => (all.has(external) ? [external] : []));
    return [...new Set([...asked, ...had])];
  };
}

/** Where NB has an address lead, where none of its rows leads to `logical`: they are somebody else's, or not as asked for. */
function wayElsewhere(logical: string, ways: readonly Verdict[]): ExternalFlow | undefined {
  const flows = ways.map(({ flow }) => flow);
  const inbound = flows.filter(({ kind, direction }) => kind === 'floating-ip' && direction === 'inbound');
  return inbound.some(({ logicalIp }) => logicalIp === logical) ? undefined : inbound[0];
}

/** What has a port: its pod, where one is known. */
function portTarget(
  port: string | undefined,
  { IP, Pod }: Pick<ResourceSet, 'IP' | 'Pod'>,
): ObjectRef | null {
  if (port === undefined) return null;
  return targetOf({ target: { port } }, { IP, Pod }) ?? { kind: 'Logical_Switch_Port', name: port };
}

/** Whether floating IPs of these verdicts work, in the words of the answer; null where nothing can be said of packets. */
export function worksText(verdicts: readonly Verdict[]): FloatingIpStatus['works'] {
  const works = worksOf(verdicts.filter(({ flow }) => flow.kind === 'floating-ip'));
  return works ? { outcome: works.outcome, reason: works.reason ?? null } : null;
}

function addressKey(router: string, externalIp: string | undefined): string {
  return `${router} ${externalIp}`;
}

function isPlacement(text: string | undefined): text is FloatingIpStatus['placement']['effective'] {
  return text === 'distributed' || text === 'centralized' || text === 'gateway-local';
}

/** The node of a berth with its chassis. */
export function berthOf(
  node: string | undefined,
  fabric: Fabric,
  { Node }: Pick<ResourceSet, 'Node'>,
): FloatingIpStatus['berth'] {
  if (node === undefined) return null;
  const annotated = Node.find(({ metadata }) => metadata.name === node)?.metadata.annotations[
    chassisAnnotation
  ];
  const chassis = chassisOfNode(fabric, node, annotated)?.name ?? node;
  return { node, chassis };
}

/** The pod a floating IP leads to; null when its target is no pod. */
export function targetOf(
  { target }: { readonly target: Pick<FloatingIpIntent['target'], 'port'> },
  { IP, Pod }: Pick<ResourceSet, 'IP' | 'Pod'>,
): ObjectRef | null {
  const ip = IP.find(({ metadata }) => metadata.name === target.port);
  const pod = ip && podOfIp(ip, Pod);
  return pod ? refOf(pod) : null;
}

/** What people call a chassis; null for one that SB does not know, or that has no hostname. */
export function hostOf(fabric: Fabric, chassis: string): string | null {
  return fabric.chassis.get(chassis)?.hostname || null;
}
