import { controllerUser } from './kube-bench.ts';

const apiVersion = 'flowcontrol.apiserver.k8s.io/v1';
const metadata = { name: 'one-seat' };

/**
 * Leaves the controller's writes of some resources one seat in the API server: what comes while it is taken is refused with 429 (API Priority
 * and Fairness). Objects for OwnKubeServer's `apply`; deleting the FlowSchema and the PriorityLevelConfiguration `one-seat` ends it.
 */
export function oneSeat(...resources: readonly string[]) {
  const limited = {
    ...{ nominalConcurrencyShares: 0, lendablePercent: 0, borrowingLimitPercent: 0 },
    limitResponse: { type: 'Reject' },
  };
  const subjects = [{ kind: 'User', user: { name: controllerUser } }];
  const writes = { verbs: ['patch'], apiGroups: ['kubeovn.io'], clusterScope: true, resources };
  return [
    {
      collection: `/apis/${apiVersion}/prioritylevelconfigurations`,
      object: {
        ...{ apiVersion, kind: 'PriorityLevelConfiguration', metadata },
        spec: { type: 'Limited', limited },
      },
    },
    {
      collection: `/apis/${apiVersion}/flowschemas`,
      object: {
        ...{ apiVersion, kind: 'FlowSchema', metadata },
        spec: {
          ...{ priorityLevelConfiguration: metadata, matchingPrecedence: 2 },
          rules: [{ subjects, resourceRules: [writes] }],
        },
      },
    },
  ];
}
