export { type Adoption, type AdoptionInput, adoptionOf, type Kept } from './adopt/adoption.ts';
export { type GivingBack, givingBackOf } from './adopt/giving-back.ts';
export { type Lifting, liftingOf } from './adopt/lifting.ts';
export { EngineFault, type EngineFaultCode } from './engine-fault.ts';
export { type LeadingOptions, leading, leadTerm, type TermOptions } from './loop/lead.ts';
export { type LoopOptions, loop } from './loop/loop.ts';
export { retried } from './loop/retried.ts';
export type { Attaching } from './nodes/attaching.ts';
export { followClaims, type HeldClaim, nextHoldMs } from './nodes/held-claims.ts';
export { defaultWatchTimes, NodeWatch, type Observation, type WatchTimes } from './nodes/node-watch.ts';
export { type NodesHeld, openNodeWatch } from './nodes/open-node-watch.ts';
export { vanishedOf } from './nodes/suspect.ts';
export { type EpochStore, Fence, type South } from './ovn/fence.ts';
export { type Claim, epochIn, hasRows, type Lead, leadIn, otherLead, presentLead } from './ovn/other-lead.ts';
export { connectOvn, type Ovn, type OvnRemotes, southOf } from './ovn/ovn.ts';
export { leaderText, leadText, requireFree, takeOver } from './ovn/take-over.ts';
export { checkPlan } from './pass/check-plan.ts';
export { memoryOf, type PassMemory, type PassSettings } from './pass/memory.ts';
export {
  located,
  type PassInput,
  type PassResult,
  pass,
  planOf,
  planOn,
} from './pass/pass.ts';
export { type Prepared, prepare, preview, previewOf, settle } from './pass/prepare.ts';
export { type Written, writePlan } from './pass/write-plan.ts';
export { type Controlled, controllerOf } from './reaction/controller.ts';
