import { agentKinds } from '@berth/api';
import type { Grant } from './grants.ts';

/**
 * How an agent is told from all others, and its node from all others: by the service account that its pod has, whose
 * token names the node that the pod is on (Kubernetes 1.32 and later); or, where users are known by name, by what the
 * name begins with and the node's name after that.
 */
export type AgentIdentity =
  | { readonly serviceAccount: { readonly namespace: string; readonly name: string } }
  | { readonly userPrefix: string };

const api = 'admissionregistration.k8s.io';
const name = 'berth-node-reports';

/** What the API server adds to a user whose token is bound to a node, or to a pod on one (KEP-4193). */
const nodeName = 'authentication.kubernetes.io/node-name';

/**
 * A ValidatingAdmissionPolicy and its binding: a NodeReport is written by the agent of the node it is named after, and
 * by nobody else. Whoever may delete one is a question of RBAC.
 */
export function agentAdmission(identity: AgentIdentity): readonly Grant[] {
  const { group, plural } = agentKinds.NodeReport;
  const policy = {
    apiVersion: `${api}/v1`,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [
          { apiGroups: [group], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources: [plural] },
        ],
      },
      variables: [{ name: 'node', expression: nodeOf(identity) }],
      validations: [
        {
          expression: 'variables.node == object.metadata.name',
          messageExpression:
            "variables.node == '' ? request.userInfo.username + ' is the agent of no node; only the agent of ' + object.metadata.name + ' may write its report' : 'the agent of ' + variables.node + ' may not write the report of ' + object.metadata.name",
          reason: 'Forbidden',
        },
      ],
    },
  };
  const binding = {
    apiVersion: `${api}/v1`,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: { policyName: name, validationActions: ['Deny'] },
  };
  return [
    { collection: `/apis/${api}/v1/validatingadmissionpolicies`, object: policy },
    { collection: `/apis/${api}/v1/validatingadmissionpolicybindings`, object: binding },
  ];
}

/** A CEL expression for the node whose agent asks; an empty text when it is nobody's. */
function nodeOf(identity: AgentIdentity): string {
  const user = 'request.userInfo.username';
  if ('userPrefix' in identity) {
    const prefix = JSON.stringify(identity.userPrefix);
    return `${user}.startsWith(${prefix}) ? ${user}.substring(${identity.userPrefix.length}) : ''`;
  }
  const { namespace, name: account } = identity.serviceAccount;
  const isAgent = `${user} == ${JSON.stringify(`system:serviceaccount:${namespace}:${account}`)}`;
  const extra = 'request.userInfo.extra';
  const isBound = `has(${extra}) && '${nodeName}' in ${extra} && ${extra}['${nodeName}'].size() == 1`;
  return `${isAgent} && ${isBound} ? ${extra}['${nodeName}'][0] : ''`;
}
