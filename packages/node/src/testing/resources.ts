import type { Node, ProviderNetwork, Vlan } from '@berth/api';

const meta = { generation: 1, labels: {}, annotations: {}, finalizers: [], ownerReferences: [] };

/** A provider network with defaults for all that a test does not care about. */
export function testNetwork(name: string, spec: Partial<ProviderNetwork['spec']> = {}): ProviderNetwork {
  return {
    apiVersion: 'kubeovn.io/v1',
    kind: 'ProviderNetwork',
    metadata: { ...meta, name },
    spec: { defaultInterface: 'eth1', ...spec },
  };
}

export function testVlan(name: string, provider: string, id: number): Vlan {
  return { apiVersion: 'kubeovn.io/v1', kind: 'Vlan', metadata: { ...meta, name }, spec: { provider, id } };
}

export function testNode(name: string, labels: Record<string, string> = {}): Node {
  return { apiVersion: 'v1', kind: 'Node', metadata: { ...meta, name, labels }, spec: {} };
}
