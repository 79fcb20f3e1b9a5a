import type { Metadata, Node, ProviderNetwork, Vlan } from '@berth/api';

/** Metadata with nothing but a name. */
export function testMetadata(name: string, labels: Record<string, string> = {}): Metadata {
  return { name, labels, generation: 1, annotations: {}, finalizers: [], ownerReferences: [] };
}

/** A provider network whose NIC is eth1 unless the test says otherwise. */
export function testNetwork(name: string, spec: Partial<ProviderNetwork['spec']> = {}): ProviderNetwork {
  return {
    apiVersion: 'kubeovn.io/v1',
    kind: 'ProviderNetwork',
    metadata: testMetadata(name),
    spec: { defaultInterface: 'eth1', ...spec },
  };
}

export function testVlan(name: string, provider: string, id: number): Vlan {
  return { apiVersion: 'kubeovn.io/v1', kind: 'Vlan', metadata: testMetadata(name), spec: { provider, id } };
}

export function testNode(name: string, labels: Record<string, string> = {}): Node {
  return { apiVersion: 'v1', kind: 'Node', metadata: testMetadata(name, labels), spec: {} };
}
