import type { ResourceSet } from '@berth/api';
import type { IpSet } from '@berth/net';
import type { Fabric } from '../fabric/fabric.ts';
import { frozenChassis } from '../fabric/frozen.ts';
import { type Liveness, livenessOf } from '../fabric/liveness.ts';
import type { Finding } from '../finding/finding.ts';
import { chassisOf } from '../intent/gateway/gateway.ts';
import type {
  AttachmentIntent,
  ExternalSubnetIntent,
  FloatingIpIntent,
  Intent,
  OverlaySubnetIntent,
  PortForwardIntent,
  SourceNatIntent,
  TunnelBfdIntent,
  VpcIntent,
} from '../intent/intent.ts';
import { type Policies, policiesInEffect } from '../intent/object/gateway-policy.ts';
import { type Lookup, lookupOf } from '../intent/object/lookup.ts';
import { fewThenAll } from '../memo/few-then-all.ts';
import type { Asker } from '../memo/per-item.ts';
import { addressesBySubnet } from './address.ts';
import { type EipUses, usesByEip } from './eip-use.ts';
import { rowsInTheWay } from './in-the-way.ts';
import { type FindingsByObject, findingsByObject } from './verdict.ts';

/** What a pass knows once its rows are written. */
export type StatusInput = {
  readonly resources: ResourceSet;
  readonly intent: Intent;
  /** All of them: of the input, the intent, the plan and the transaction. */
  readonly findings: readonly Finding[];
  readonly fabric: Fabric;
  /** RFC 3339; only used for conditions that change. */
  readonly now: string;
  /** The installation's, for EIPs and VPCs that name none. */
  readonly defaultExternalSubnet?: string;
  /** Whoever asks again and again: what needs no other status is kept for it. */
  readonly asker?: Asker;
};

/** What is found by its name. */
type ByName<T> = { get(name: string): T | undefined };

/** What the statuses are made from, found by name. */
export type View = {
  readonly lookup: Lookup;
  readonly fabric: Fabric;
  readonly liveness: Liveness;
  /** Chassis that go on with the flows of an earlier time, each with why. */
  readonly frozen: ReadonlyMap<string, string>;
  readonly findings: FindingsByObject;
  /** Of these what keeps rows from being there that rows of other objects cannot do without. */
  readonly inTheWay: FindingsByObject;
  readonly vpcs: ReadonlyMap<string, VpcIntent>;
  readonly externals: ReadonlyMap<string, ExternalSubnetIntent>;
  readonly overlays: ReadonlyMap<string, OverlaySubnetIntent>;
  /** The addresses that objects have, by subnet. */
  readonly addressesIn: ReadonlyMap<string, IpSet>;
  readonly floatingIps: ByName<{ readonly fip: FloatingIpIntent; readonly vpc: VpcIntent }>;
  readonly sourceNats: ReadonlyMap<string, { readonly rule: SourceNatIntent; readonly vpc: VpcIntent }>;
  readonly portForwards: ReadonlyMap<string, { readonly rule: PortForwardIntent; readonly vpc: VpcIntent }>;
  /** The rules that name an OvnEip, by its name. */
  readonly usesOfEip: EipUses;
  /** By the name of the OvnEip that holds the addresses of the port. */
  readonly attachments: ReadonlyMap<
    string,
    { readonly attachment: AttachmentIntent; readonly vpc: VpcIntent }
  >;
  /** By SB name of the chassis. */
  readonly nodes: ReadonlyMap<string, string>;
  /** The policy that counts for each VPC. */
  readonly policies: Policies;
  readonly tunnelBfd: TunnelBfdIntent | undefined;
  readonly defaultExternalSubnet: string;
  readonly now: string;
};

/** Indexes what a pass knows at its end. */
export function viewOf(input: Required<StatusInput>): View {
  const { asker, resources, intent, findings, fabric, defaultExternalSubnet, now } = input;
  const lookup = lookupOf(resources, asker);
  const known = findingsByObject(findings);
  const rules = {
    floatingIps: fewThenAll(
      (name) => programmedFip(intent, name),
      () => byName(intent, 'floatingIps', (fip, vpc) => ({ fip, vpc })),
    ),
    sourceNats: byName(intent, 'sourceNats', (rule, vpc) => ({ rule, vpc })),
    portForwards: byName(intent, 'portForwards', (rule, vpc) => ({ rule, vpc })),
  };
  return {
    lookup,
    fabric,
    liveness: livenessOf(fabric),
    frozen: frozenChassis(fabric),
    findings: known,
    inTheWay: rowsInTheWay(known),
    vpcs: new Map(intent.vpcs.map((vpc) => [vpc.name, vpc])),
    externals: new Map(intent.externals.map((external) => [external.name, external])),
    overlays: new Map(
      intent.vpcs.flatMap(({ subnets }) => subnets.map((each) => [each.name, each] as const)),
    ),
    addressesIn: addressesBySubnet(asker, lookup, defaultExternalSubnet),
    ...rules,
    usesOfEip: usesByEip(asker, lookup, rules),
    attachments: attachmentsOf(intent),
    nodes: new Map(
      [...lookup.Node.values()].flatMap((node) => {
        const chassis = chassisOf(node, fabric);
        return chassis ? [[chassis.name, node.metadata.name] as const] : [];
      }),
    ),
    policies: policiesInEffect(lookup),
    tunnelBfd: intent.tunnelBfd,
    defaultExternalSubnet,
    now,
  };
}

/** The node of a chassis; where Kubernetes knows none, the host. */
export function nodeOf({ nodes, fabric }: View, chassis: string): string {
  return nodes.get(chassis) ?? (fabric.chassis.get(chassis)?.hostname || chassis);
}

function programmedFip({ vpcs }: Intent, name: string): ReturnType<View['floatingIps']['get']> {
  for (const vpc of vpcs) {
    const fip = vpc.floatingIps.find((each) => each.name === name);
    if (fip) return { fip, vpc };
  }
  return undefined;
}

/** The rules of an intent by their names. */
function byName<List extends 'floatingIps' | 'sourceNats' | 'portForwards', T>(
  { vpcs }: Intent,
  list: List,
  entry: (rule: VpcIntent[List][number], vpc: VpcIntent) => T,
): ReadonlyMap<string, T> {
  const named = new Map<string, T>();
  for (const vpc of vpcs) for (const rule of vpc[list]) named.set(rule.name, entry(rule, vpc));
  return named;
}

function attachmentsOf({ vpcs }: Intent): View['attachments'] {
  return new Map(
    vpcs.flatMap((vpc) =>
      vpc.attachments.map((attachment) => [attachment.eip.name, { attachment, vpc }] as const),
    ),
  );
}
