import type {
  ConfigMap,
  GatewayPolicy,
  IP,
  Metadata,
  Namespace,
  Node,
  OvnDnatRule,
  OvnEip,
  OvnFip,
  OvnSnatRule,
  Pod,
  ProviderNetwork,
  Subnet,
  Vip,
  Vlan,
  Vpc,
} from '@berth/api';
import { externalGatewayLabel, ipAddressAnnotation, logicalSwitchAnnotation } from '@berth/api';

/** Objects for tests, as a source would list them. `metadata` goes over what follows from the name. */

type Extra = Partial<Metadata>;

const apiVersion = 'kubeovn.io/v1';

function metadataOf(name: string, extra: Extra): Metadata {
  return {
    name,
    generation: 1,
    labels: {},
    annotations: {},
    finalizers: [],
    ownerReferences: [],
    ...extra,
  };
}

export function node(name: string, extra: Extra & { readonly cordoned?: boolean } = {}): Node {
  const { cordoned, ...metadata } = extra;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: metadataOf(name, metadata),
    spec: cordoned ? { unschedulable: true } : {},
  };
}

export function gatewayNode(name: string, extra: Extra & { readonly cordoned?: boolean } = {}): Node {
  return node(name, { labels: { [externalGatewayLabel]: 'true' }, ...extra });
}

export function providerNetwork(
  name: string,
  spec: Partial<ProviderNetwork['spec']> = {},
  extra: Extra = {},
): ProviderNetwork {
  return {
    apiVersion,
    kind: 'ProviderNetwork',
    metadata: metadataOf(name, extra),
    spec: { defaultInterface: 'eth1', ...spec },
  };
}

export function vlan(name: string, spec: Partial<Vlan['spec']> = {}, extra: Extra = {}): Vlan {
  return {
    apiVersion,
    kind: 'Vlan',
    metadata: metadataOf(name, extra),
    spec: { provider: name, ...spec },
  };
}

export function subnet(name: string, spec: Subnet['spec'], extra: Extra = {}): Subnet {
  return { apiVersion, kind: 'Subnet', metadata: metadataOf(name, extra), spec };
}

export function vpc(name: string, spec: Vpc['spec'] = {}, extra: Extra = {}): Vpc {
  return { apiVersion, kind: 'Vpc', metadata: metadataOf(name, extra), spec };
}

export function eip(name: string, spec: OvnEip['spec'] = {}, extra: Extra = {}): OvnEip {
  return { apiVersion, kind: 'OvnEip', metadata: metadataOf(name, extra), spec };
}

export function fip(name: string, spec: OvnFip['spec'], extra: Extra = {}): OvnFip {
  return { apiVersion, kind: 'OvnFip', metadata: metadataOf(name, extra), spec };
}

export function snat(name: string, spec: OvnSnatRule['spec'], extra: Extra = {}): OvnSnatRule {
  return { apiVersion, kind: 'OvnSnatRule', metadata: metadataOf(name, extra), spec };
}

/** Forwards TCP port 80 to 8080 unless said otherwise. */
export function dnat(
  name: string,
  spec: Pick<OvnDnatRule['spec'], 'ovnEip'> & Partial<OvnDnatRule['spec']>,
  extra: Extra = {},
): OvnDnatRule {
  const ports = { externalPort: '80', internalPort: '8080', protocol: 'tcp' } as const;
  return { apiVersion, kind: 'OvnDnatRule', metadata: metadataOf(name, extra), spec: { ...ports, ...spec } };
}

export function vip(name: string, spec: Vip['spec'], extra: Extra = {}): Vip {
  return { apiVersion, kind: 'Vip', metadata: metadataOf(name, extra), spec };
}

export function ip(name: string, spec: IP['spec'], extra: Extra = {}): IP {
  return { apiVersion, kind: 'IP', metadata: metadataOf(name, extra), spec };
}

/** A pod in namespace `default`, on a subnet, with the addresses asked for. */
export function pod(
  name: string,
  wants: {
    readonly subnet?: string;
    readonly ips?: string;
    readonly node?: string;
    readonly nodeSelector?: Readonly<Record<string, string>>;
  } = {},
  extra: Extra = {},
): Pod {
  const annotations = {
    ...(wants.subnet !== undefined && { [logicalSwitchAnnotation]: wants.subnet }),
    ...(wants.ips !== undefined && { [ipAddressAnnotation]: wants.ips }),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadataOf(name, { namespace: 'default', annotations, ...extra }) },
    spec: {
      ...(wants.node !== undefined && { nodeName: wants.node }),
      ...(wants.nodeSelector && { nodeSelector: wants.nodeSelector }),
    },
  };
}

export function namespace(name: string, extra: Extra = {}): Namespace {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: metadataOf(name, extra) };
}

export function gatewayConfig(data: Readonly<Record<string, string>>): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadataOf('ovn-external-gw-config', { namespace: 'kube-system' }),
    data,
  };
}

/** A policy for vpc1 unless said otherwise. */
export function gatewayPolicy(
  name: string,
  spec: Partial<GatewayPolicy['spec']> = {},
  extra: Extra & { readonly vpcs?: readonly string[] } = {},
): GatewayPolicy {
  const { vpcs = ['vpc1'], ...metadata } = extra;
  const targetRefs = vpcs.map((vpc) => ({ group: 'kubeovn.io', kind: 'Vpc', name: vpc }) as const);
  return {
    apiVersion: 'gateway.berth.dev/v1alpha1',
    kind: 'GatewayPolicy',
    metadata: metadataOf(name, metadata),
    spec: { targetRefs, ...spec },
  };
}
