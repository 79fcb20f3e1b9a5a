/** What a soak wants of Berth at a moment: two VPCs on one external network, and what is in them. */
export type Wish = {
  readonly nodes: readonly string[];
  readonly gateways: Set<string>;
  readonly cordoned: Set<string>;
  /** By name: where it runs. Those that begin with `q` are of the second VPC. */
  readonly pods: Map<string, string>;
  readonly floatingIps: Map<string, FloatingIp>;
  /** VPCs whose subnet leaves by an address of its own. */
  readonly sourceNat: Set<Vpc>;
  /** By external port of one shared address: the pod it leads to. */
  readonly forwards: Map<number, string>;
  policy: Policy | undefined;
};

export type Vpc = 'vpc1' | 'vpc2';

export type FloatingIp = {
  /** The last part of its address. */
  readonly host: number;
  readonly pod: string;
  readonly type?: 'distributed' | 'centralized';
};

export type Policy = {
  readonly placement: 'Distributed' | 'Centralized' | 'GatewayLocal';
  readonly onGatewayLoss?: 'Block' | 'Distribute';
};

export const podNames: readonly string[] = ['p1', 'p2', 'p3', 'q1', 'q2'];
export const floatingIpNames = ['f1', 'f2', 'f3', 'f4'] as const;
export const vpcs: readonly Vpc[] = ['vpc1', 'vpc2'];

/** Nothing but nodes, of which the last two are gateways. */
export function emptyWish(nodes: readonly string[]): Wish {
  return {
    nodes,
    gateways: new Set(nodes.slice(-2)),
    cordoned: new Set(),
    pods: new Map(),
    floatingIps: new Map(),
    sourceNat: new Set(),
    forwards: new Map(),
    policy: undefined,
  };
}

export function vpcOf(pod: string): Vpc {
  return pod.startsWith('q') ? 'vpc2' : 'vpc1';
}

export function addressOf({ host }: FloatingIp): string {
  return `10.9.101.${host}`;
}

/** Whether nothing is asked for but nodes. */
export function isEmpty({ pods, floatingIps, sourceNat, forwards }: Wish): boolean {
  return pods.size + floatingIps.size + sourceNat.size + forwards.size === 0;
}

/** The objects, as JSON documents that a folder takes as YAML. */
export function objectsOf(wish: Wish): readonly object[] {
  const nodes = wish.nodes.map((name) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: wish.gateways.has(name) ? { 'ovn.kubernetes.io/external-gw': 'true' } : {},
    },
    spec: wish.cordoned.has(name) ? { unschedulable: true } : {},
  }));
  if (isEmpty(wish)) return nodes;
  return [
    ...nodes,
    ...network(),
    ...vpcs.flatMap((vpc) => vpcObjects(vpc, wish)),
    ...[...wish.pods].map(([name, node]) => pod(name, node)),
    ...[...wish.floatingIps].flatMap(([name, floatingIp]) => floatingIpObjects(name, floatingIp)),
    ...forwardObjects(wish),
    ...policyObjects(wish),
  ];
}

function kubeOvn(kind: string, name: string, spec: object): object {
  return { apiVersion: 'kubeovn.io/v1', kind, metadata: { name }, spec };
}

function network(): readonly object[] {
  return [
    kubeOvn('ProviderNetwork', 'external', { defaultInterface: 'eth1' }),
    kubeOvn('Vlan', 'external', { id: 0, provider: 'external' }),
    kubeOvn('Subnet', 'external', {
      cidrBlock: '10.9.101.0/24',
      gateway: '10.9.101.1',
      vlan: 'external',
      excludeIps: ['10.9.101.1..10.9.101.8'],
    }),
  ];
}

function cidrOf(vpc: Vpc): string {
  return vpc === 'vpc1' ? '192.168.1' : '192.168.2';
}

function vpcObjects(vpc: Vpc, { sourceNat }: Wish): readonly object[] {
  const net = cidrOf(vpc);
  const own = kubeOvn('Vpc', vpc, { enableExternal: true });
  const subnet = kubeOvn('Subnet', `${vpc}-inside`, { vpc, cidrBlock: `${net}.0/24`, gateway: `${net}.1` });
  if (!sourceNat.has(vpc)) return [own, subnet];
  const host = vpc === 'vpc1' ? 51 : 52;
  return [
    own,
    subnet,
    kubeOvn('OvnEip', `out-${vpc}`, { externalSubnet: 'external', v4Ip: `10.9.101.${host}`, type: 'nat' }),
    kubeOvn('OvnSnatRule', `out-${vpc}`, { ovnEip: `out-${vpc}`, vpcSubnet: `${vpc}-inside` }),
  ];
}

function pod(name: string, nodeName: string): object {
  const vpc = vpcOf(name);
  const host = 10 + podNames.indexOf(name);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      annotations: {
        'ovn.kubernetes.io/logical_switch': `${vpc}-inside`,
        'ovn.kubernetes.io/ip_address': `${cidrOf(vpc)}.${host}`,
      },
    },
    spec: { nodeName, containers: [{ name, image: 'registry.k8s.io/pause' }] },
  };
}

function floatingIpObjects(name: string, floatingIp: FloatingIp): readonly object[] {
  const { pod: target, type } = floatingIp;
  return [
    kubeOvn('OvnEip', name, { externalSubnet: 'external', v4Ip: addressOf(floatingIp), type: 'nat' }),
    kubeOvn('OvnFip', name, { ovnEip: name, ipName: `${target}.default`, ...(type && { type }) }),
  ];
}

function forwardObjects({ forwards }: Wish): readonly object[] {
  if (forwards.size === 0) return [];
  return [
    kubeOvn('OvnEip', 'front', { externalSubnet: 'external', v4Ip: '10.9.101.60', type: 'nat' }),
    ...[...forwards].map(([port, target]) =>
      kubeOvn('OvnDnatRule', `front-${port}`, {
        ovnEip: 'front',
        ipName: `${target}.default`,
        protocol: 'tcp',
        externalPort: `${port}`,
        internalPort: '80',
      }),
    ),
  ];
}

function policyObjects({ policy }: Wish): readonly object[] {
  if (policy === undefined) return [];
  const targetRefs = [{ group: 'kubeovn.io', kind: 'Vpc', name: 'vpc1' }];
  return [
    {
      apiVersion: 'gateway.berth.dev/v1alpha1',
      kind: 'GatewayPolicy',
      metadata: { name: 'policy' },
      spec: { targetRefs, ...policy },
    },
  ];
}
