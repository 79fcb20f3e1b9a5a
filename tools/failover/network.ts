/** A network to fail over: which nodes there are, which are gateways, and where the workload is. */
export type Network = {
  readonly nodes: readonly string[];
  readonly gateways: readonly string[];
  /** Cordoned, as `kubectl cordon` leaves it. */
  readonly cordoned?: readonly string[];
  /** The node of the pod `web`. */
  readonly workload: string;
  /** `spec.type` of its floating IP; absent says nothing. */
  readonly type?: 'distributed' | 'centralized';
  /** The address it stands for: the pod `web`'s, or the pod `other`'s on the same subnet. */
  readonly target?: 'web' | 'other';
  /** Fields of a GatewayPolicy, beside its target; without them there is none. */
  readonly policy?: Readonly<Record<string, unknown>>;
};

/** The floating IP, the outside router, and what is behind it. */
export const addresses = { external: '10.9.101.9', upstream: '10.9.101.1', web: '192.168.0.4' } as const;

const gatewayLabel = 'ovn.kubernetes.io/external-gw';

/** The objects of a network, as JSON documents that a folder takes as YAML. */
export function objectsOf(network: Network): readonly object[] {
  const { nodes, gateways, cordoned = [], workload, type, target = 'web', policy } = network;
  const kubeOvn = (kind: string, name: string, spec: object) => ({
    apiVersion: 'kubeovn.io/v1',
    kind,
    metadata: { name },
    spec,
  });
  return [
    ...nodes.map((name) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: gateways.includes(name) ? { [gatewayLabel]: 'true' } : {} },
      spec: cordoned.includes(name) ? { unschedulable: true } : {},
    })),
    kubeOvn('ProviderNetwork', 'external', { defaultInterface: 'eth1' }),
    kubeOvn('Vlan', 'external', { id: 0, provider: 'external' }),
    kubeOvn('Subnet', 'external', {
      cidrBlock: '10.9.101.0/24',
      gateway: addresses.upstream,
      vlan: 'external',
      excludeIps: ['10.9.101.1..10.9.101.8'],
    }),
    kubeOvn('Vpc', 'vpc1', { enableExternal: true }),
    kubeOvn('Subnet', 'inside', { vpc: 'vpc1', cidrBlock: '192.168.0.0/24', gateway: '192.168.0.1' }),
    pod('web', addresses.web, workload),
    ...(target === 'other' ? [pod('other', '192.168.0.5', workload)] : []),
    kubeOvn('OvnEip', 'web', { externalSubnet: 'external', v4Ip: addresses.external, type: 'nat' }),
    kubeOvn('OvnFip', 'web', { ovnEip: 'web', ipName: `${target}.default`, ...(type && { type }) }),
    ...(policy ? [gatewayPolicy(policy)] : []),
  ];
}

function gatewayPolicy(fields: Readonly<Record<string, unknown>>): object {
  return {
    apiVersion: 'gateway.berth.dev/v1alpha1',
    kind: 'GatewayPolicy',
    metadata: { name: 'policy' },
    spec: { targetRefs: [{ group: 'kubeovn.io', kind: 'Vpc', name: 'vpc1' }], ...fields },
  };
}

function pod(name: string, ip: string, node: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      annotations: { 'ovn.kubernetes.io/logical_switch': 'inside', 'ovn.kubernetes.io/ip_address': ip },
    },
    spec: { nodeName: node, containers: [{ name, image: 'registry.k8s.io/pause' }] },
  };
}
