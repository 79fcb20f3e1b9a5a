export { keeperChassis } from './compile/attachment.ts';
export { compile, compiledTables } from './compile/compile.ts';
export { naturalKey, rowUuid, tableKeys } from './compile/key.ts';
export { offered } from './compile/offers.ts';
export type { DesiredRow } from './compile/row.ts';
export { mapOf, type RowParts, rowOf, setOf } from './compile/row-of.ts';
export {
  type Chassis,
  chassisOfNode,
  emptyFabric,
  type Fabric,
  type GatewayMember,
  gatewayClaim,
} from './fabric/fabric.ts';
export {
  type Failure,
  type FailureSet,
  failureKinds,
  formatFailure,
  type ParsedFailures,
  parseFailures,
} from './fabric/failure.ts';
export { fabricOf, mappedNetworks } from './fabric/read.ts';
export { catalogue, type FindingCode, reasonOf } from './finding/catalogue.ts';
export type { Finding, ObjectRef, Position } from './finding/finding.ts';
export { atLeast, type FindingParts, finding, sortFindings } from './finding/make.ts';
export { type Origin, origin } from './finding/origin.ts';
export type { Severity } from './finding/severity.ts';
export type * from './intent/intent.ts';
export { type IntentResult, intentOf } from './intent/intent-of.ts';
export { release } from './intent/protect.ts';
export { targets } from './intent/provider-nodes.ts';
export { defaultBfdTimers, type Settings } from './intent/settings.ts';
export { type ResourceWrite, withWrites } from './intent/write.ts';
export type { Change, InterruptedFlow, Plan, RowHolder } from './plan/change.ts';
export type { PlanInput } from './plan/match.ts';
export { ownerOf } from './plan/observed.ts';
export { operations } from './plan/operations.ts';
export { plan } from './plan/plan.ts';
export { statusWrites } from './status/status-writes.ts';
export type { StatusInput } from './status/view.ts';
