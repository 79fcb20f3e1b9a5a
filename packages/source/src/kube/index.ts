export { fieldPolicies } from './admission/field-policies.ts';
export {
  type AdmissionNames,
  type WebhookClient,
  type WebhookOptions,
  webhookConfigurations,
  webhooks,
} from './admission/webhook-configurations.ts';
export {
  readWebhookSecret,
  type SecretPlace,
  storeWebhookSecret,
  trustWebhooks,
  type WebhookSecret,
} from './admission/webhook-secret.ts';
export { type AgentIdentity, agentAdmission } from './agent-admission.ts';
export type { CallObserver } from './api/api.ts';
export { type ClusterChoice, serverOf } from './api/connection.ts';
export { type KubeAgentBoardOptions, kubeAgentBoard } from './board/kube-agent-board.ts';
export { kubeReports } from './board/kube-reports.ts';
export { endPods } from './end-pods.ts';
export { type AgentSubject, admissionGrants, agentGrants, controllerGrants, type Grant } from './grants.ts';
export { type KubeObserver, KubeReader, type KubeReaderOptions } from './kube-reader.ts';
export { clusterLead, type HoldOptions, holdCluster, type SourceObserver } from './kube-source.ts';
export type { LeaseObserver, LeaseOptions, LeaseTimes } from './lease/leadership.ts';
export { leadOf, leaseHolder } from './lease/lease-holder.ts';
export { MissingRights, missingRightText, type RightsObserver } from './rights/missing-rights.ts';
export { askedRight, formatRight, type Right, refusedRight } from './rights/right.ts';
export {
  admissionRules,
  admissionSecretRules,
  agentInputs,
  agentRules,
  cniRules,
  controllerRules,
  leaseRules,
  type PolicyRule,
  readerRules,
} from './rules.ts';
export type { ReflectorObserver, WatchEnd } from './watch/reflector.ts';
export { oneObject, podsOfNode } from './watch/scope.ts';
