import { gatewayConfig, kubeOvn, type Written } from '../../support/kube-objects.ts';
import type { KubeOvnNb } from '../kube-ovn-nb.ts';

/** A network that Kube-OVN made: what the API server has, and what NB has. */
export type Shape = {
  readonly name: string;
  readonly objects: readonly Written[];
  write(nb: KubeOvnNb): void;
  /** What taking it over changes beside marks, as `VERB TABLE KEY: COLUMNS`. */
  readonly repairs: readonly string[];
  /** Whom giving it back interrupts, as it is told. */
  readonly undone?: readonly string[];
  /** Whom it would interrupt if its Vpc kept nothing. */
  readonly lifted?: readonly string[];
  /** What some objects keep. */
  readonly keeps: Readonly<Record<string, unknown>>;
};

/** Three nodes, of which the last two carry gateways. */
export const nodes: readonly Written[] = ['node-1', 'node-2', 'node-3'].map((name, index) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, ...(index > 0 && { labels: { 'ovn.kubernetes.io/external-gw': 'true' } }) },
}));

/** The ConfigMap of an installation whose default VPC has no external port. */
export const customOnly = gatewayConfig({ 'enable-external-gw': 'false', type: 'centralized' });

/** A pod with the IP object that Kube-OVN made for it. `addresses` with commas. */
export function podWithIp(
  pod: string,
  nodeName: string,
  subnet: string,
  addresses: string,
  mac: string,
): readonly Written[] {
  const [v4IpAddress, v6IpAddress] = addresses.split(',');
  const annotations = {
    'ovn.kubernetes.io/allocated': 'true',
    'ovn.kubernetes.io/logical_switch': subnet,
    'ovn.kubernetes.io/ip_address': addresses,
    'ovn.kubernetes.io/mac_address': mac,
  };
  const ip = { podName: pod, namespace: 'default', subnet, nodeName, ipAddress: addresses, macAddress: mac };
  return [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace: 'default', name: pod, annotations },
      spec: { nodeName, containers: [{ name: 'app', image: 'registry.k8s.io/pause' }] },
    },
    kubeOvn('IP', `${pod}.default`, { ...ip, v4IpAddress, ...(v6IpAddress && { v6IpAddress }) }),
  ];
}

/** A public address with everything that Kube-OVN writes back into its spec. */
export function eipObject(
  name: string,
  subnet: string,
  v4Ip: string,
  mac: string,
  more: object = {},
): Written {
  return kubeOvn('OvnEip', name, { externalSubnet: subnet, type: 'nat', v4Ip, macAddress: mac, ...more });
}
