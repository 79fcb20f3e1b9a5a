export { EngineFault, type EngineFaultCode } from './engine-fault.ts';
export { type LoopOptions, loop } from './loop/loop.ts';
export { type EpochStore, epochIn, Fence } from './ovn/fence.ts';
export { connectOvn, type Ovn, type OvnRemotes } from './ovn/ovn.ts';
export { checkPlan } from './pass/check-plan.ts';
export { newMemory, type PassMemory } from './pass/memory.ts';
export { located, type PassInput, type PassResult, type PassSettings, pass, planOf } from './pass/pass.ts';
export { type Prepared, prepare, preview } from './pass/prepare.ts';
export { type Written, writePlan } from './pass/write-plan.ts';
