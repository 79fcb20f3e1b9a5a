import type { LabKubeOptions } from '@berth/lab';

const api = 'rbac.authorization.k8s.io';
const group = 'system:nodes';

/** Who the kubelet of a node is, as everywhere. */
export function kubeletUser(node: string): { readonly name: string; readonly groups: readonly string[] } {
  return { name: `system:node:${node}`, groups: [group] };
}

/** The rights that Kubernetes' node authorizer gives, which a lab's API server is without: those of its own role for nodes. */
export function kubeletGrants(): NonNullable<LabKubeOptions['manifests']> {
  const object = {
    apiVersion: `${api}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'lab-kubelets' },
    subjects: [{ kind: 'Group', name: group, apiGroup: api }],
    roleRef: { apiGroup: api, kind: 'ClusterRole', name: 'system:node' },
  };
  return [{ collection: `/apis/${api}/v1/clusterrolebindings`, object }];
}
