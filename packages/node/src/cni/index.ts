export { askAgent } from './ask-agent.ts';
export { type CniError, CniFault, type CniFaultCode, cniCodes, errorOf } from './cni-fault.ts';
export { type CniResult, resultAs } from './result.ts';
export {
  type CniCommand,
  type CniVersion,
  cniCommands,
  cniVersions,
  isAtLeast,
  isCniCommand,
  isCniVersion,
  newestCniVersion,
  sinceVersion,
} from './version.ts';
export {
  type AddRequest,
  type Attachment,
  type CheckRequest,
  type CniAnswer,
  type CniRequest,
  type DelRequest,
  defaultAgentSocket,
  type GcRequest,
  type SandboxPod,
} from './wire.ts';
