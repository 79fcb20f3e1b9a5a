import { agentKinds, type Kind, type KindName, kinds } from '@berth/api';

/** A rule of a ClusterRole (rbac.authorization.k8s.io/v1). */
export type PolicyRule = {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
};

const reading = ['get', 'list', 'watch'] as const;

/** Kinds that the controller makes objects of by itself, and deletes when nobody needs them any more. */
const madeByUs: readonly KindName[] = ['OvnEip', 'IP', 'Vpc'];

/** What a controller does in a cluster, verb by verb. Its Lease is a rule of its own namespace: see `leaseRules`. */
export function controllerRules(): readonly PolicyRule[] {
  const all: readonly Omit<Kind, 'schema' | 'columns'>[] = Object.values(kinds);
  const ours = all.filter(({ group }) => group !== '');
  const groups = [...Map.groupBy(ours, ({ group }) => group)];
  return [
    {
      apiGroups: [''],
      resources: all.filter(({ group }) => group === '').map(({ plural }) => plural),
      verbs: ['list', 'watch'],
    },
    ...groups.flatMap(([group, members]) => [
      {
        apiGroups: [group],
        resources: members.map(({ plural }) => plural),
        verbs: ['list', 'watch', 'patch'],
      },
      {
        apiGroups: [group],
        resources: members.filter(({ hasStatus }) => hasStatus).map(({ plural }) => `${plural}/status`),
        verbs: ['patch'],
      },
    ]),
    {
      apiGroups: [kinds.OvnEip.group],
      resources: madeByUs.map((name) => kinds[name].plural),
      verbs: ['create', 'delete'],
    },
    {
      apiGroups: ['apiextensions.k8s.io'],
      resources: ['customresourcedefinitions'],
      resourceNames: [...ours, ...Object.values(agentKinds)].map(({ plural, group }) => `${plural}.${group}`),
      verbs: ['get'],
    },
    { ...agentResource('NodeReport'), verbs: ['list', 'watch'] },
    { ...agentResource('NodeOrder'), verbs: ['list', 'watch', 'create', 'patch', 'delete'] },
    { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'list'] },
  ];
}

/** What holding the Lease takes, in its namespace. */
export function leaseRules(name: string): readonly PolicyRule[] {
  const lease = { apiGroups: ['coordination.k8s.io'], resources: ['leases'] };
  return [
    { ...lease, verbs: ['create'] },
    { ...lease, resourceNames: [name], verbs: ['get', 'patch'] },
  ];
}

/** What a controller that answers admission webhooks does beside the rest: it tells the API server whom to trust. */
export function admissionRules(configuration: string): readonly PolicyRule[] {
  return [
    {
      apiGroups: ['admissionregistration.k8s.io'],
      resources: ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
      resourceNames: [configuration],
      verbs: ['patch'],
    },
  ];
}

/** What it takes to keep the certificate of the webhooks in a Secret, in its namespace. */
export function admissionSecretRules(secret: string): readonly PolicyRule[] {
  return [{ apiGroups: [''], resources: ['secrets'], resourceNames: [secret], verbs: ['get', 'patch'] }];
}

/** The kinds that a node's agent goes by. */
export const agentInputs = ['ProviderNetwork', 'Vlan', 'Node'] as const satisfies readonly KindName[];

/**
 * What the agents of nodes do in a cluster. RBAC knows no "only your own": which report an agent may write is for
 * `agentAdmission` to say.
 */
export function agentRules(): readonly PolicyRule[] {
  return [
    ...followingRules(agentInputs),
    { ...agentResource('NodeOrder'), verbs: reading },
    { ...agentResource('NodeReport'), verbs: ['get', 'create', 'patch'] },
  ];
}

/** What an agent needs beside that to attach pods. RBAC knows no "only of your node" either. */
export function cniRules(): readonly PolicyRule[] {
  return followingRules(['Pod', 'IP', 'Subnet']);
}

/** Listing and watching kinds, and reading how those that are not built in are defined. */
function followingRules(names: readonly KindName[]): readonly PolicyRule[] {
  const defined = names.map((name) => kinds[name]).filter(({ group }) => group !== '');
  return [
    ...names.map((name) => ({
      apiGroups: [kinds[name].group],
      resources: [kinds[name].plural],
      verbs: ['list', 'watch'],
    })),
    {
      apiGroups: ['apiextensions.k8s.io'],
      resources: ['customresourcedefinitions'],
      resourceNames: defined.map(({ plural, group }) => `${plural}.${group}`),
      verbs: ['get'],
    },
  ];
}

function agentResource(name: keyof typeof agentKinds): Pick<PolicyRule, 'apiGroups' | 'resources'> {
  const { group, plural } = agentKinds[name];
  return { apiGroups: [group], resources: [plural] };
}

/** What somebody needs who only reads: the command line. */
export function readerRules(): readonly PolicyRule[] {
  return controllerRules()
    .filter(({ apiGroups }) => !apiGroups.includes('events.k8s.io'))
    .map((rule) => ({
      ...rule,
      verbs: rule.verbs.filter((verb) => (reading as readonly string[]).includes(verb)),
    }))
    .filter(({ verbs }) => verbs.length > 0);
}
