/** Every exit code. What `1` means is each command's own: a difference, an error finding, something not found. */
export const exitCodes = {
  fine: 0,
  notFine: 1,
  cannotTell: 2,
  usage: 64,
  badInput: 65,
  internal: 70,
  interrupted: 130,
} as const;

/** A code of ours, or that of a program which was run. */
export type ExitCode = number;

/** Codes of faults, of all rooms, with the exit code of each. Those that are not here are faults of ours. */
const byFaultCode: Readonly<Record<string, ExitCode>> = {
  // The command line.
  usage: exitCodes.usage,
  'bad-input': exitCodes.badInput,
  'not-found': exitCodes.notFine,
  'cannot-tell': exitCodes.cannotTell,
  interrupted: exitCodes.interrupted,
  // The source.
  'folder-missing': exitCodes.badInput,
  'folder-empty': exitCodes.badInput,
  'folder-unreadable': exitCodes.badInput,
  'state-inside-folder': exitCodes.usage,
  'state-of-other-folder': exitCodes.usage,
  'move-refused': exitCodes.badInput,
  'state-foreign': exitCodes.badInput,
  'state-newer': exitCodes.badInput,
  'state-unreadable': exitCodes.cannotTell,
  'state-unwritable': exitCodes.cannotTell,
  'state-locked': exitCodes.cannotTell,
  'state-lock-lost': exitCodes.cannotTell,
  'stale-write': exitCodes.cannotTell,
  'epoch-behind': exitCodes.cannotTell,
  'cluster-config': exitCodes.badInput,
  'cluster-unreachable': exitCodes.cannotTell,
  'cluster-busy': exitCodes.cannotTell,
  unauthorized: exitCodes.cannotTell,
  forbidden: exitCodes.cannotTell,
  'write-refused': exitCodes.cannotTell,
  'kind-not-served': exitCodes.cannotTell,
  'lease-lost': exitCodes.cannotTell,
  // The engine.
  'not-ovn': exitCodes.cannotTell,
  fenced: exitCodes.cannotTell,
  'led-elsewhere': exitCodes.cannotTell,
  unsettled: exitCodes.cannotTell,
  // The databases.
  'bad-remote': exitCodes.usage,
  'connect-failed': exitCodes.cannotTell,
  'connect-timeout': exitCodes.cannotTell,
  disconnected: exitCodes.cannotTell,
  'not-leader': exitCodes.cannotTell,
  'cluster-cut-off': exitCodes.cannotTell,
  'stale-server': exitCodes.cannotTell,
  'bad-certificate': exitCodes.cannotTell,
  'certificate-refused': exitCodes.cannotTell,
  'bad-credentials': exitCodes.badInput,
  'no-answer': exitCodes.cannotTell,
  aborted: exitCodes.interrupted,
  'unknown-database': exitCodes.cannotTell,
  'message-too-large': exitCodes.cannotTell,
  'transaction-refused': exitCodes.cannotTell,
  // The lab.
  'lab-programs-missing': exitCodes.cannotTell,
  'lab-tun-unusable': exitCodes.cannotTell,
  'lab-no-runtime-directory': exitCodes.cannotTell,
  'lab-path-too-long': exitCodes.usage,
  'lab-usage': exitCodes.usage,
  'lab-exists': exitCodes.usage,
  'lab-not-found': exitCodes.cannotTell,
  'lab-start-failed': exitCodes.cannotTell,
  'lab-script-failed': exitCodes.cannotTell,
  'lab-timed-out': exitCodes.cannotTell,
  // A node.
  'host-command-failed': exitCodes.cannotTell,
  'switch-not-ready': exitCodes.cannotTell,
  'switch-not-answering': exitCodes.cannotTell,
  'port-not-installed': exitCodes.cannotTell,
  'switch-refused': exitCodes.cannotTell,
  'another-agent': exitCodes.cannotTell,
  'order-behind': exitCodes.cannotTell,
  'memory-unusable': exitCodes.cannotTell,
  'gateway-kept': exitCodes.cannotTell,
  'interface-taken': exitCodes.cannotTell,
};

/** The exit code of a fault: what its code says, else 70. An abort that a signal caused is 130. */
export function exitCodeOf(fault: unknown): ExitCode {
  if (fault instanceof Error && fault.name === 'AbortError') return exitCodes.interrupted;
  const code = fault instanceof Error && 'code' in fault ? fault.code : undefined;
  return (typeof code === 'string' ? byFaultCode[code] : undefined) ?? exitCodes.internal;
}
