export { type AdmissionQuestion, refusals } from './admit/admit-object.ts';
export { type PodVerdict, podVerdict } from './admit/admit-pod.ts';
export { warningsOf } from './admit/admit-warning.ts';
export { type AddressHolder, addressHolders, holdersText } from './analyse/address-holders.ts';
export { analyse, type Question, verdictOf } from './analyse/analyse.ts';
export { answererOf } from './analyse/answerer.ts';
export { auditOf } from './analyse/audit/audit-of.ts';
export { failingRules } from './analyse/audit/failing-rules.ts';
export type { AuditInput } from './analyse/audit/network.ts';
export { assumptionsOf, flowAssumptions, predictionAssumptions } from './analyse/base/assumptions.ts';
export { asClaimed } from './analyse/base/claimed.ts';
export { contradictions } from './analyse/base/contradictions.ts';
export { type ToldByObjects, withInstalled } from './analyse/base/installed.ts';
export { withLingering } from './analyse/base/lingering.ts';
export { withOvertaken } from './analyse/base/overtaken.ts';
export { withStrays } from './analyse/base/strays.ts';
export { withUntoldGateways } from './analyse/base/untold-gateways.ts';
export type { Answer, Controller } from './analyse/controller.ts';
export { withoutDarkHairpins } from './analyse/dark.ts';
export { brokenNow } from './analyse/explain/broken.ts';
export { lossOf, type Predict } from './analyse/explain/dependencies.ts';
export type {
  AddressState,
  Berth,
  Dependency,
  ExplainedNode,
  ExplainedPlacement,
  Explanation,
  Independence,
} from './analyse/explain/explanation.ts';
export { type ExplanationInput, explanationOf } from './analyse/explain/explanation-of.ts';
export { namedFailure, namedSets } from './analyse/explain/named-failure.ts';
export type { WantedPlacement } from './analyse/explain/placement-reason.ts';
export {
  type EnumerableKind,
  enumerable,
  isEnumerable,
  singleFailures,
} from './analyse/explain/single-failures.ts';
export { droppedTalk } from './analyse/filter/dropped.ts';
export type { Talk } from './analyse/filter/talk.ts';
export { type FoundTarget, type TargetWorld, targetFinder } from './analyse/find-target.ts';
export type { Direction, ExternalFlow, Obstacle, RowRef } from './analyse/flow.ts';
export { flowsOf } from './analyse/flows/flows-of.ts';
export { hairpinFlow } from './analyse/flows/hairpin.ts';
export { routedFlows } from './analyse/flows/routed-flows.ts';
export { detectionMs } from './analyse/outage.ts';
export { nodeNames, type Resolved, resolveFailures } from './analyse/resolve.ts';
export {
  type AttachmentOfRows,
  attachmentsOfRows,
  kindsOfRows,
  objectsOfRows,
  type RowsInput,
} from './analyse/rows/objects-of-rows.ts';
export { stillnessOf } from './analyse/stillness.ts';
export { type SweepKind, sweepKinds } from './analyse/sweep/element.ts';
export type { SweepChange, SweepScenario, SweepTotals } from './analyse/sweep/scenario.ts';
export {
  type FlowChange,
  type Sweep,
  type SweepQuestion,
  type SweepSummary,
  sweep,
} from './analyse/sweep/sweep.ts';
export { formatTarget, parseTarget, type Target, targetForms } from './analyse/target.ts';
export type {
  ExpectedOutage,
  FlowState,
  Outcome,
  Scenario,
  Step,
  Verdict,
  WhatIf,
} from './analyse/verdict.ts';
export { type Works, worksOf } from './analyse/works.ts';
export { canBeAnswered, nodeHealthIn } from './analyse/world/health.ts';
export { afterReaction, claimsIn, type Reaction } from './analyse/world/reaction.ts';
export type { World } from './analyse/world/world.ts';
export { compile, compiledTables } from './compile/compile.ts';
export { Compiler, type DesiredChange } from './compile/compiler.ts';
export { naturalKey, rowUuid, spokenKey, tableKeys } from './compile/key.ts';
export { offered } from './compile/offers.ts';
export type { DesiredRow } from './compile/row.ts';
export { mapOf, type RowParts, rowOf, setOf } from './compile/row-of.ts';
export { behindOf, carriedOut, saysHowFar } from './fabric/behind.ts';
export { analysedTables } from './fabric/data-plane.ts';
export { losesSb, withSbMembers } from './fabric/database-members.ts';
export {
  type Chassis,
  chassisOfNode,
  checkKey,
  type DataPlane,
  emptyFabric,
  type Fabric,
  type GatewayGroup,
  type GatewayMember,
  gatewayClaim,
  isReportOf,
  type NodeHealth,
  type Release,
} from './fabric/fabric.ts';
export {
  type Failure,
  type FailureSet,
  failureKinds,
  formatFailure,
  type ParsedFailures,
  parseFailures,
} from './fabric/failure.ts';
export {
  behindIn,
  frozenChassis,
  hangs,
  hasRowsOf,
  saysItFollows,
  saysItStandsStill,
  standsStill,
} from './fabric/frozen.ts';
export { keeperChassis } from './fabric/keeper.ts';
export { datedTables, type Lacking, lackingOf } from './fabric/lacking.ts';
export { type LingerMark, lingerKey } from './fabric/linger-mark.ts';
export { lingeringAt, lingeringIn } from './fabric/lingering.ts';
export { type Liveness, livenessOf } from './fabric/liveness.ts';
export { learnedIn } from './fabric/neighbours.ts';
export { nodeHealthOf } from './fabric/node-health.ts';
export { type NodeName, nodeNamer } from './fabric/node-name.ts';
export { claimsOf, fabricOf, gatewaysOf, lackingAt, mappedNetworks } from './fabric/read.ts';
export { type RowChange, rowChangeText } from './fabric/row-change.ts';
export { isOutOfSight } from './fabric/strangers.ts';
export { isUnseen } from './fabric/unseen.ts';
export { brief } from './finding/brief.ts';
export { catalogue, type FindingCode, reasonOf } from './finding/catalogue.ts';
export type { Finding, ObjectRef, Position } from './finding/finding.ts';
export { type Home, startingText, type Ways, waysOf } from './finding/home.ts';
export { isPart } from './finding/is-part.ts';
export { list, shortened } from './finding/list.ts';
export { atLeast, type FindingParts, finding, sortFindings } from './finding/make.ts';
export { type Origin, origin } from './finding/origin.ts';
export { parseRef } from './finding/parse-ref.ts';
export { printable } from './finding/printable.ts';
export type { RowId } from './finding/row-id.ts';
export type { Severity } from './finding/severity.ts';
export { drainKey, type RecordedDrain, recordedDrains } from './intent/gateway/gateway-drain.ts';
export { witnessPort } from './intent/gateway/witness.ts';
export type * from './intent/intent.ts';
export { type IntentResult, intentOf, intentOnceStored } from './intent/intent-of.ts';
export { keepSame } from './intent/keep-same.ts';
export { settlingWrites } from './intent/object/chosen.ts';
export { policiesOf } from './intent/object/gateway-policy.ts';
export { fullName, lookupOf } from './intent/object/lookup.ts';
export { isArriving, machineOf } from './intent/object/machine.ts';
export { contradictory } from './intent/object/policy-contradiction.ts';
export { hasEnded, podOfIp, portHolders, portName, workloadName } from './intent/object/port-holder.ts';
export { targets } from './intent/object/provider-nodes.ts';
export { SettledPools } from './intent/object/settled-pools.ts';
export { type ResourceWrite, withWrites } from './intent/object/write.ts';
export { podNetworkOf } from './intent/pod/pod-network.ts';
export type { PodRoute } from './intent/pod/pod-route.ts';
export { podRoutes } from './intent/pod/pod-routes.ts';
export { release } from './intent/protect.ts';
export { type Uneven, unevenGateways } from './intent/rebalance.ts';
export { defaultBfdTimers, defaultMinBfdMs, type Settings } from './intent/settings.ts';
export { differenceOf } from './memo/list-difference.ts';
export { type Asker, perItem, picking } from './memo/per-item.ts';
export { perObject, perObjectWith } from './memo/per-object.ts';
export { type Contested, contestedIn } from './order/contested.ts';
export { type ExternalAddress, externalAddressesOf } from './order/external-address.ts';
export { type Checks, type FirstUse, type FirstUseInput, firstUseOf } from './order/first-use.ts';
export { defaultHeartbeatMs, heartbeatOf } from './order/heartbeat.ts';
export { nodeOrdersOf, type OrderedNode, type OrderInput } from './order/node-orders.ts';
export { type NodeOrders, orderRoom } from './order/order-room.ts';
export { type StaleNeighbour, staleNeighbours } from './order/stale-neighbours.ts';
export { withoutEips } from './order/without-eips.ts';
export { type Change, changedRow, type InterruptedFlow, type Plan, type RowHolder } from './plan/change.ts';
export { desiredBehind } from './plan/desired-behind.ts';
export { Differ, type DifferOptions } from './plan/differ.ts';
export { type Drift, type DriftInput, driftOf } from './plan/drift.ts';
export { followsNodes, isWitness } from './plan/follower.ts';
export { type FormerOrderChange, formerOrderChanges } from './plan/former-orders.ts';
export { type FoundInput, keepingObjects, keepWrites, withAnnotation } from './plan/found.ts';
export { giveBack, ownRows, type Staying } from './plan/give-back.ts';
export { decidesOnRole } from './plan/left-roles.ts';
export { type LingerChanges, lingerChanges, outdatedMarks } from './plan/lingering.ts';
export type { Adopting, PlanInput } from './plan/match.ts';
export { ownerOf } from './plan/observed.ts';
export { operations } from './plan/operations.ts';
export { plan } from './plan/plan.ts';
export { Planner } from './plan/planner.ts';
export { type TunnelBfdPlan, tunnelBfdPlan } from './plan/tunnel-bfd.ts';
export { conditionTypes } from './status/condition-types.ts';
export { findingNotices, isToldByEvents, passingNotices } from './status/finding-notice.ts';
export { followers } from './status/follows.ts';
export { wasInstalled } from './status/installed.ts';
export { ledElsewhereWrites, type OtherLeader } from './status/led-elsewhere.ts';
export { isToldByReason, type Notice, noticesOf } from './status/notice.ts';
export { type PodAway, podAway } from './status/pod-away.ts';
export { statusWrites } from './status/status-writes.ts';
export { isWaiting } from './status/verdict.ts';
export type { StatusInput } from './status/view.ts';
