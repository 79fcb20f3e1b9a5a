import { expect, test } from 'vitest';
import { fieldPolicies } from './field-policies.ts';
import { webhookConfigurations, webhooks } from './webhook-configurations.ts';

// biome-ignore lint/suspicious/noExplicitAny: fields of manifests
const objectsOf = (grants: readonly { readonly object: unknown }[]): any[] =>
  grants.map(({ object }) => object);

test('each kind that users write has a policy with its binding, and none can lock anybody out', () => {
  const all = objectsOf(fieldPolicies('own'));
  const policies = all.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy');
  const bindings = all.filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding');
  expect(policies.map(({ metadata }) => metadata.name)).toContain('own-ovn-eips');
  expect(bindings.map(({ spec }) => spec.policyName)).toEqual(policies.map(({ metadata }) => metadata.name));
  for (const { spec } of policies) {
    expect(spec.failurePolicy).toBe('Ignore');
    expect(spec.validations.length).toBeGreaterThan(0);
    expect(spec.matchConditions.map(({ name }: { name: string }) => name)).toEqual([
      'is-changed',
      'is-staying',
    ]);
  }
});

test('a policy that contradicts itself is refused by the API server alone', () => {
  const [policy] = objectsOf(fieldPolicies('own')).filter(
    ({ metadata }) => metadata.name === 'own-gatewaypolicies',
  );
  expect(policy.spec.validations.at(-1)).toEqual({
    expression:
      "object.spec.?placement.orValue('') != 'GatewayLocal' || object.spec.?onGatewayLoss.orValue('') != 'Distribute'",
    message: expect.stringMatching(
      /^policy-contradictory: spec.onGatewayLoss: spec.placement GatewayLocal lets .*; set spec.onGatewayLoss to Block, or/,
    ),
    reason: 'Invalid',
  });
});

test('texts of messages are quoted', () => {
  const [vpc] = objectsOf(fieldPolicies('own')).filter(
    ({ metadata }) => metadata.name === 'own-provider-networks',
  );
  const nic = vpc.spec.validations.find(
    ({ message }: { message: string }) => message.includes('defaultInterface') && message.includes('slash'),
  );
  expect(nic.messageExpression).toBe(
    `'bad-value: spec.defaultInterface: "' + object.spec.defaultInterface + '" is not a name a network interface can have; use 1 to 15 characters without slash and space'`,
  );
});

const options = {
  configuration: 'own',
  client: { service: { namespace: 'n', name: 's' } },
  controllerUser: 'system:serviceaccount:n:c',
  exemptNamespaces: ['kube-system', 'n'],
  failurePolicy: 'Fail',
} as const;

test('pods pass whatever happens to the controller, and never those of the system', () => {
  const [objects, pods] = objectsOf(webhookConfigurations({ ...options, deletions: 'Refuse' }));
  expect(objects.webhooks[0]).toMatchObject({ name: webhooks.objects.name, failurePolicy: 'Fail' });
  expect(pods.webhooks[0]).toMatchObject({
    name: webhooks.pods.name,
    failurePolicy: 'Ignore',
    timeoutSeconds: 2,
    namespaceSelector: { matchExpressions: [{ operator: 'NotIn', values: ['kube-system', 'n'] }] },
    clientConfig: { service: { namespace: 'n', name: 's', path: '/pods', port: 443 } },
  });
});

test('what the controller writes is not judged, and deletions only when asked for', () => {
  const operations = (deletions: 'Refuse' | 'Wait') =>
    objectsOf(webhookConfigurations({ ...options, deletions }))[0].webhooks[0].rules[0].operations;
  expect(operations('Refuse')).toEqual(['CREATE', 'UPDATE', 'DELETE']);
  expect(operations('Wait')).toEqual(['CREATE', 'UPDATE']);
  const [
    {
      webhooks: [webhook],
    },
  ] = objectsOf(webhookConfigurations({ ...options, deletions: 'Wait' }));
  expect(webhook.matchConditions.map(({ expression }: { expression: string }) => expression)).toContain(
    'request.userInfo.username != "system:serviceaccount:n:c"',
  );
});
