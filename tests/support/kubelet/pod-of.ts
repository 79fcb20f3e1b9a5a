/** Fields of objects as they come from the cluster. */
// biome-ignore lint/suspicious/noExplicitAny: manifests of every kind
type Manifest = any;

/** Where pods of a node reach the API server. */
export type ApiServerAddress = { readonly host: string; readonly port: string };

/** Where programs in a cluster look for their account's token. */
const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The pod that a Deployment's or a DaemonSet's controller makes of its template for a node, with what the API server's ServiceAccount
 * admission adds and kubelet's own variables for the Service `kubernetes`: a lab has no controller manager, which both need.
 */
export function podOf(workload: Manifest, name: string, node: string, server: ApiServerAddress): Manifest {
  const { metadata, spec } = structuredClone(workload.spec.template);
  const mount = { name: 'account', mountPath: accountFolder, readOnly: true };
  const env = [
    { name: 'KUBERNETES_SERVICE_HOST', value: server.host },
    { name: 'KUBERNETES_SERVICE_PORT', value: server.port },
  ];
  for (const container of spec.containers) {
    container.env = [...env, ...(container.env ?? [])];
    container.volumeMounts = [...(container.volumeMounts ?? []), mount];
  }
  spec.volumes = [...(spec.volumes ?? []), accountVolume];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, namespace: workload.metadata.namespace, name },
    spec: { ...spec, nodeName: node, automountServiceAccountToken: false },
  };
}

const accountVolume = {
  name: 'account',
  projected: {
    defaultMode: 0o644,
    sources: [
      { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
    ],
  },
};
