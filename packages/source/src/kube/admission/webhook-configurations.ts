import type { Grant } from '../grants.ts';
import { isAnnotated, isChanged, isStaying, judgedKinds } from './judged-kinds.ts';

const api = 'admissionregistration.k8s.io';

/** Where the webhooks are answered: a Service of the cluster, or an address (for tests, and controllers outside). */
export type WebhookClient =
  | { readonly service: { readonly namespace: string; readonly name: string } }
  | { readonly url: string };

/** The name that both configurations have. */
export type AdmissionNames = { readonly configuration: string };

export type WebhookOptions = AdmissionNames & {
  readonly client: WebhookClient;
  /** Who the controller is: what it writes itself is not judged. */
  readonly controllerUser: string;
  /** Namespaces whose pods are never looked at: the system's, and the controller's own. */
  readonly exemptNamespaces: readonly string[];
  /** What becomes of our kinds while nobody answers. Pods are always let pass. */
  readonly failurePolicy: string;
  /** Whether an object in use may be deleted: then it stays, terminating, until nobody uses it. */
  readonly deletions: 'Refuse' | 'Wait';
};

/** The webhooks by what they are for: their names, and the paths they are asked at. */
export const webhooks = {
  objects: { name: 'objects.admission.berth.dev', path: '/objects' },
  pods: { name: 'pods.admission.berth.dev', path: '/pods' },
} as const;

const always = { admissionReviewVersions: ['v1'], sideEffects: 'None' } as const;

/** A ValidatingWebhookConfiguration for our kinds and a MutatingWebhookConfiguration for pods, yet without a certificate. */
export function webhookConfigurations(options: WebhookOptions): readonly Grant[] {
  return [
    configuration('ValidatingWebhookConfiguration', options, objectsWebhook(options)),
    configuration('MutatingWebhookConfiguration', options, podsWebhook(options)),
  ];
}

function configuration(kind: string, options: WebhookOptions, webhook: object): Grant {
  return {
    collection: `/apis/${api}/v1/${kind.toLowerCase()}s`,
    object: {
      apiVersion: `${api}/v1`,
      kind,
      metadata: { name: options.configuration },
      webhooks: [webhook],
    },
  };
}

function objectsWebhook({ client, controllerUser, failurePolicy, deletions }: WebhookOptions): object {
  const operations = ['CREATE', 'UPDATE', ...(deletions === 'Refuse' ? ['DELETE'] : [])];
  const groups = Map.groupBy(judgedKinds, ({ group }) => group);
  return {
    ...always,
    name: webhooks.objects.name,
    clientConfig: clientConfig(client, webhooks.objects.path),
    failurePolicy,
    timeoutSeconds: 3,
    rules: [...groups].map(([group, members]) => ({
      apiGroups: [group],
      apiVersions: ['*'],
      operations,
      resources: members.map(({ plural }) => plural),
      scope: 'Cluster',
    })),
    matchConditions: [
      { name: 'is-changed', expression: `${isChanged} || ${isAnnotated}` },
      { name: 'is-staying', expression: isStaying },
      { name: 'is-of-others', expression: `request.userInfo.username != ${JSON.stringify(controllerUser)}` },
    ],
  };
}

/** It takes no pods of nodes: they are where they are. */
function podsWebhook({ client, exemptNamespaces }: WebhookOptions): object {
  const notIn = { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: exemptNamespaces };
  return {
    ...always,
    name: webhooks.pods.name,
    clientConfig: clientConfig(client, webhooks.pods.path),
    failurePolicy: 'Ignore',
    timeoutSeconds: 2,
    reinvocationPolicy: 'IfNeeded',
    namespaceSelector: { matchExpressions: [notIn] },
    rules: [
      {
        apiGroups: [''],
        apiVersions: ['v1'],
        operations: ['CREATE'],
        resources: ['pods'],
        scope: 'Namespaced',
      },
    ],
    matchConditions: [
      { name: 'is-not-on-host-network', expression: '!object.spec.?hostNetwork.orValue(false)' },
      {
        name: 'is-of-no-daemon-set',
        expression:
          "!object.metadata.?ownerReferences.orValue([]).exists(owner, owner.kind in ['DaemonSet', 'Node'])",
      },
    ],
  };
}

function clientConfig(client: WebhookClient, path: string): object {
  if ('url' in client) return { url: `${client.url}${path}` };
  return { service: { ...client.service, path, port: 443 } };
}
