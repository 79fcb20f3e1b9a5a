import {
  admissionRules,
  admissionSecretRules,
  agentRules,
  controllerRules,
  leaseRules,
  type PolicyRule,
} from './rules.ts';

/** An object to be created, with the path of its collection. */
export type Grant = {
  readonly collection: string;
  readonly object: { readonly metadata: { readonly name: string }; readonly [field: string]: unknown };
};

const api = 'rbac.authorization.k8s.io';

/** Who the agents of nodes are. */
export type AgentSubject =
  | { readonly kind: 'Group'; readonly name: string }
  | { readonly kind: 'ServiceAccount'; readonly namespace: string; readonly name: string };

/** The roles and bindings that let a user be the controller, and hold its Lease. */
export function controllerGrants(
  user: string,
  lease: { readonly namespace: string; readonly name: string },
  rules: readonly PolicyRule[] = controllerRules(),
): readonly Grant[] {
  const name = 'berth-controller';
  const subjects = [{ kind: 'User', name: user, apiGroup: api }];
  const inNamespace = `/apis/${api}/v1/namespaces/${lease.namespace}`;
  const grant = (collection: string, kind: string, content: object): Grant =>
    grantOf(collection, kind, name, content);
  const bound = (kind: string) => ({ subjects, roleRef: { apiGroup: api, kind, name } });
  return [
    grant(`/apis/${api}/v1/clusterroles`, 'ClusterRole', { rules }),
    grant(`/apis/${api}/v1/clusterrolebindings`, 'ClusterRoleBinding', bound('ClusterRole')),
    grant(`${inNamespace}/roles`, 'Role', { rules: leaseRules(lease.name) }),
    grant(`${inNamespace}/rolebindings`, 'RoleBinding', bound('Role')),
  ];
}

/** The roles and bindings that let a user answer admission webhooks. */
export function admissionGrants(
  user: string,
  secret: { readonly namespace: string; readonly name: string },
  configuration: string,
): readonly Grant[] {
  const name = 'berth-admission';
  const subjects = [{ kind: 'User', name: user, apiGroup: api }];
  const inNamespace = `/apis/${api}/v1/namespaces/${secret.namespace}`;
  const bound = (kind: string) => ({ subjects, roleRef: { apiGroup: api, kind, name } });
  return [
    grantOf(`/apis/${api}/v1/clusterroles`, 'ClusterRole', name, { rules: admissionRules(configuration) }),
    grantOf(`/apis/${api}/v1/clusterrolebindings`, 'ClusterRoleBinding', name, bound('ClusterRole')),
    grantOf(`${inNamespace}/roles`, 'Role', name, { rules: admissionSecretRules(secret.name) }),
    grantOf(`${inNamespace}/rolebindings`, 'RoleBinding', name, bound('Role')),
  ];
}

/** The role and the binding that let somebody be the agents of nodes. */
export function agentGrants(
  subject: AgentSubject,
  rules: readonly PolicyRule[] = agentRules(),
): readonly Grant[] {
  const name = 'berth-agent';
  const subjects = [subject.kind === 'Group' ? { ...subject, apiGroup: api } : subject];
  const roleRef = { apiGroup: api, kind: 'ClusterRole', name };
  return [
    grantOf(`/apis/${api}/v1/clusterroles`, 'ClusterRole', name, { rules }),
    grantOf(`/apis/${api}/v1/clusterrolebindings`, 'ClusterRoleBinding', name, { subjects, roleRef }),
  ];
}

function grantOf(collection: string, kind: string, name: string, content: object): Grant {
  return { collection, object: { apiVersion: `${api}/v1`, kind, metadata: { name }, ...content } };
}
