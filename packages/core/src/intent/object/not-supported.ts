import { type IP, type Resource, refOf, type Subnet, type Vip, type Vlan, type Vpc } from '@berth/api';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import type { Lookup } from './lookup.ts';

/**
 * Fields of Kube-OVN's that are read and do nothing, each with whether it asks for something. Fields that have an
 * effect, and those that ask for what is so anyway, are left out by name: a new field of a schema must be put in one of
 * the two.
 */
type Asking<Spec, Known extends keyof Spec> = Readonly<Record<Exclude<keyof Spec, Known>, boolean>>;

/** What objects ask for that Berth does not do yet: a finding per field. */
export function unsupported({ Vpc, Subnet, Vlan, Vip, IP }: Lookup): readonly Finding[] {
  return [
    ...[...Vpc.values()].flatMap((each) => findings(each, ofVpc(each))),
    ...[...Subnet.values()].flatMap((each) => findings(each, ofSubnet(each))),
    ...[...Vlan.values()].flatMap((each) => findings(each, ofVlan(each), renamed)),
    ...[...Vip.values()].flatMap((each) => findings(each, ofVip(each))),
    ...[...IP.values()].flatMap((each) => findings(each, ofIp(each))),
  ];
}

const renamed: Readonly<Record<string, string>> = {
  vlanId: 'use spec.id instead',
  providerInterfaceName: 'remove it; spec.provider counts',
};

function findings(
  object: Resource,
  asking: Readonly<Record<string, boolean>>,
  cures: Readonly<Record<string, string>> = {},
): readonly Finding[] {
  return Object.entries(asking)
    .filter(([, asks]) => asks)
    .map(([field]) =>
      finding('not-supported', {
        object: refOf(object),
        field: `spec.${field}`,
        message: `spec.${field} has no effect`,
        cure: cures[field] ?? 'remove it; Berth does not do this yet',
      }),
    );
}

type VpcKnown = 'staticRoutes' | 'policyRoutes' | 'enableExternal' | 'extraExternalSubnets' | 'enableBfd';

function ofVpc({ spec }: Vpc): Asking<Vpc['spec'], VpcKnown> {
  return {
    defaultSubnet: some(spec.defaultSubnet),
    namespaces: some(spec.namespaces),
    vpcPeerings: some(spec.vpcPeerings),
    bfdPort: spec.bfdPort?.enabled === true,
  };
}

type SubnetKnown =
  | 'default'
  | 'vpc'
  | 'protocol'
  | 'namespaces'
  | 'cidrBlock'
  | 'gateway'
  | 'excludeIps'
  | 'mtu'
  | 'vlan'
  | 'enableEcmp'
  // There are no load-balancers on subnets, no look at the gateway and no connection between clusters to be kept out of.
  | 'enableLb'
  | 'disableGatewayCheck'
  | 'disableInterConnection';

function ofSubnet({ spec }: Subnet): Asking<Subnet['spec'], SubnetKnown> {
  return {
    provider: some(spec.provider) && spec.provider !== 'ovn',
    gatewayType: spec.gatewayType === 'centralized',
    gatewayNode: some(spec.gatewayNode),
    gatewayNodeSelectors: some(spec.gatewayNodeSelectors),
    natOutgoing: spec.natOutgoing === true,
    natOutgoingPolicyRules: some(spec.natOutgoingPolicyRules),
    externalEgressGateway: some(spec.externalEgressGateway),
    policyRoutingPriority: (spec.policyRoutingPriority ?? 0) > 0,
    policyRoutingTableID: (spec.policyRoutingTableID ?? 0) > 0,
    private: spec.private === true,
    // Without `private` everybody is let in.
    allowSubnets: spec.private === true && some(spec.allowSubnets),
    vips: some(spec.vips),
    logicalGateway: spec.logicalGateway === true,
    enableDHCP: spec.enableDHCP === true,
    dhcpV4Options: some(spec.dhcpV4Options),
    dhcpV6Options: some(spec.dhcpV6Options),
    enableIPv6RA: spec.enableIPv6RA === true,
    ipv6RAConfigs: some(spec.ipv6RAConfigs),
    acls: some(spec.acls),
    allowEWTraffic: spec.allowEWTraffic === true,
    u2oInterconnection: spec.u2oInterconnection === true,
    u2oInterconnectionIP: some(spec.u2oInterconnectionIP),
    u2oFeatures: spec.u2oFeatures?.overlayOnlyRouting === true,
    enableMulticastSnoop: spec.enableMulticastSnoop === true,
    enableExternalLBAddress: spec.enableExternalLBAddress === true,
    routeTable: some(spec.routeTable),
    namespaceSelectors: some(spec.namespaceSelectors),
    nodeNetwork: some(spec.nodeNetwork),
  };
}

function ofVlan({ spec }: Vlan): Asking<Vlan['spec'], 'id' | 'provider'> {
  const { vlanId, providerInterfaceName } = spec;
  return {
    vlanId: (vlanId ?? 0) > 0 && vlanId !== spec.id,
    providerInterfaceName: some(providerInterfaceName) && providerInterfaceName !== spec.provider,
  };
}

function ofVip({ spec }: Vip): Asking<Vip['spec'], 'subnet' | 'v4ip' | 'v6ip' | 'macAddress' | 'namespace'> {
  return {
    type: some(spec.type),
    selector: some(spec.selector),
    attachSubnets: some(spec.attachSubnets),
  };
}

type IpKnown =
  | 'podName'
  | 'namespace'
  | 'subnet'
  | 'nodeName'
  | 'ipAddress'
  | 'v4IpAddress'
  | 'v6IpAddress'
  | 'macAddress'
  | 'containerID'
  | 'podType';

function ofIp({ spec }: IP): Asking<IP['spec'], IpKnown> {
  return {
    attachSubnets: some(spec.attachSubnets),
    attachIps: some(spec.attachIps),
    attachMacs: some(spec.attachMacs),
  };
}

function some(value: string | readonly unknown[] | undefined): boolean {
  return value !== undefined && value.length > 0;
}
