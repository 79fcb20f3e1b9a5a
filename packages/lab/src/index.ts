export { type Agreement, agreement, isSlow, type Observed, outageToleranceMs } from './drill/compare.ts';
export { crossings } from './drill/crossings.ts';
export { Drill, type DrillOptions } from './drill/drill.ts';
export { type DrilledCase, type DrilledFlow, isContradicted } from './drill/drilled-case.ts';
export type { Opinion } from './drill/eyes.ts';
export { keepDatabases } from './drill/keep.ts';
export { forwardKey, type Places, podOf, readPlaces } from './drill/places.ts';
export type { Trial, Trials } from './drill/probes.ts';
export type { SecondOpinion } from './drill/second-opinion.ts';
export type { DaemonAt, DaemonName } from './failure/effect.ts';
export { LabFault, type LabFaultCode } from './fault.ts';
export type { Manifest } from './kube/call.ts';
export type { KubeUser } from './kube/credentials.ts';
export type { KubeOptions, KubeProcess, KubeServer } from './kube/kube-server.ts';
export { fitsRelease, kubectlVersion } from './kube/kubectl-version.ts';
export type { LabKube, LabKubeOptions } from './kube/lab-kube.ts';
export { type OwnKubeServer, startOwnKubeServer } from './kube/own-processes.ts';
export {
  findKubePrograms,
  type KubePrograms,
  kubernetesRelease,
  requireKubePrograms,
} from './kube/programs.ts';
export type { Captured } from './lab/capture.ts';
export { type ExecOptions, Lab } from './lab/lab.ts';
export { listLabs, openLab } from './lab/open.ts';
export { type Outside, type OutsideNetwork, outsideNic } from './lab/outside.ts';
export { askForPart, type LabPart } from './lab/part.ts';
export { databaseNodes, type LabNode, type LabPlan } from './lab/plan.ts';
export type { DaemonStatus, LabNodeStatus, LabStatus } from './lab/status.ts';
export { type LabProgress, type LabUpOptions, labUp } from './lab/up.ts';
export { podNetns, podOfNetns } from './lab/where.ts';
export { type AllAnswers, allAnswers, whoAnswers } from './probe/answer.ts';
export {
  type Asked,
  type AskOptions,
  askServers,
  type Server,
  type ServerAnswer,
} from './probe/ask-servers.ts';
export type { Outage, PingResult } from './probe/outcome.ts';
export { type Pinging, type PingOptions, ping, startPinging } from './probe/ping.ts';
export { type TcpOptions, type TcpResult, tcpEcho } from './probe/reach.ts';
export { type SeenPing, type SeenPingOptions, seenPings } from './probe/seen-pings.ts';
export {
  type Answerer,
  type Arrival,
  type AskedAddress,
  type Burst,
  type BurstOptions,
  type FlowSeen,
  type ProbeFlow,
  Prober,
  type Watched,
} from './prober/prober.ts';
export { sentinelsOf } from './prober/sentinels.ts';
