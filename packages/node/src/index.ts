export {
  type AgentInputs,
  type AgentPass,
  NodeAgent,
  type NodeAgentOptions,
  nodeAgent,
} from './agent/agent.ts';
export { type WorkloadSources, workloadsOf } from './agent/workloads.ts';
export { Attachments, type AttachmentsOptions, openAttachments } from './attachment/attachments.ts';
export { type CniServerOptions, serveCni } from './attachment/cni-server.ts';
export type { PodReader } from './attachment/pod-resources.ts';
export { NodeFault, type NodeFaultCode } from './fault.ts';
export { type Host, HostFault } from './host/host.ts';
export { localHost } from './host/local.ts';
export { NodeDatabase, openNodeDatabase } from './ovs/node-database.ts';
export { dialDaemon, type Unixctl } from './ovs/unixctl.ts';
export { bridgeName } from './provider/compile.ts';
export { nicOn, nodeNamed } from './provider/selection.ts';
export type { Uplink } from './provider/uplink.ts';
export { nodeSentry, type Sentry, type SentryOptions } from './sentry/sentry.ts';
export {
  type AttachOptions,
  type AttachPlace,
  attach,
  detach,
  whenInstalled,
} from './workload/attach.ts';
export { type Attached, listAttached } from './workload/attached.ts';
export { fallbackMtu, geneveOverhead, tunnelMtu } from './workload/mtu.ts';
export { hostInterfaceName, type Workload } from './workload/workload.ts';
