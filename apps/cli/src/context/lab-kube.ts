import type { LabKubeOptions } from '@berth/lab';
import {
  admissionConfiguration,
  admissionSecret,
  agentGroup,
  agentUser,
  agentUserPrefix,
  controllerLease,
  controllerUser,
} from './cluster.ts';

/**
 * What a lab's API server is to know, as the chart has it: those who work on it, the controller and an agent of each node, with their
 * grants, and admission. Fields are judged by the API server itself; objects among others, and pods, by whichever controller answers
 * webhooks where the lab says. While none does, they are let pass.
 */
export async function labKubeOptions(nodes: readonly string[]): Promise<LabKubeOptions> {
  const {
    admissionGrants,
    agentAdmission,
    agentGrants,
    controllerGrants,
    fieldPolicies,
    webhookConfigurations,
  } = await import('@berth/source/kube');
  const { namespace, name } = admissionSecret;
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace } };
  const agents = nodes.map((node) => ({ name: agentUser(node), groups: [agentGroup] }));
  return {
    users: [{ name: controllerUser, groups: [] }, ...agents],
    manifests: [
      ...controllerGrants(controllerUser, controllerLease),
      ...agentGrants({ kind: 'Group', name: agentGroup }),
      ...agentAdmission({ userPrefix: agentUserPrefix }),
      ...fieldPolicies(admissionConfiguration),
      ...admissionGrants(controllerUser, admissionSecret, admissionConfiguration),
      { collection: `/api/v1/namespaces/${namespace}/secrets`, object: secret },
    ],
    webhooks: (admission) =>
      webhookConfigurations({
        configuration: admissionConfiguration,
        client: { url: `https://${admission}` },
        controllerUser,
        exemptNamespaces: [namespace],
        failurePolicy: 'Ignore',
        deletions: 'Refuse',
      }),
  };
}
