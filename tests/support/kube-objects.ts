/** An object as a user writes it. */
export type Written = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: object;
    readonly labels?: object;
  };
  readonly [part: string]: unknown;
};

/** An object of one of Kube-OVN's kinds. */
export function kubeOvn(kind: string, name: string, spec: object): Written {
  return { apiVersion: 'kubeovn.io/v1', kind, metadata: { name }, spec };
}

/** A node without labels. */
export function nodeObject(name: string): Written {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name } };
}

/** The ConfigMap of the external gateway. */
export function gatewayConfig(data: Readonly<Record<string, string>>): Written {
  const metadata = { namespace: 'kube-system', name: 'ovn-external-gw-config' };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
}

/** An untagged external network on a NIC of every node: provider network, VLAN and subnet of one name. */
export function externalNetwork(name: string, nic: string, subnet: object): readonly Written[] {
  return [
    kubeOvn('ProviderNetwork', name, { defaultInterface: nic }),
    kubeOvn('Vlan', name, { id: 0, provider: name }),
    kubeOvn('Subnet', name, { vlan: name, ...subnet }),
  ];
}

/** A pod of the namespace `default` on a subnet. */
export function podObject(name: string, nodeName: string, subnet: string, ip: string): Written {
  const annotations = { 'ovn.kubernetes.io/logical_switch': subnet, 'ovn.kubernetes.io/ip_address': ip };
  const containers = [{ name: 'app', image: 'registry.k8s.io/pause' }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'default', name, annotations },
    spec: { nodeName, containers },
  };
}

/** An EIP of the field story's external network and a floating IP of it to an address inside, of one name, by way of a gateway. */
export function floatingIpObjects(name: string, v4Ip: string, eip: object = {}): readonly Written[] {
  return [
    kubeOvn('OvnEip', name, { externalSubnet: 'external0', ...eip }),
    kubeOvn('OvnFip', name, { ovnEip: name, vpc: 'vpc1', v4Ip, type: 'centralized' }),
  ];
}
