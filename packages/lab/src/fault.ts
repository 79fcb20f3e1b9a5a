/** Stable codes of the lab's faults. */
export type LabFaultCode =
  | 'lab-programs-missing'
  | 'lab-tun-unusable'
  | 'lab-no-runtime-directory'
  | 'lab-path-too-long'
  | 'lab-usage'
  | 'lab-exists'
  | 'lab-not-found'
  | 'lab-start-failed'
  | 'lab-script-failed'
  | 'lab-timed-out';

/**
 * Something about a lab or the machine it runs on. `message` says what is wrong, `cure` what to do. `lab-usage` and
 * `lab-not-found` are the caller's mistakes; retrying never helps, apart from `lab-timed-out`.
 */
export class LabFault extends Error {
  readonly code: LabFaultCode;
  readonly cure: string;
  readonly retry: 'backoff' | 'never';

  constructor(code: LabFaultCode, message: string, cure: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'LabFault';
    this.code = code;
    this.cure = cure;
    this.retry = code === 'lab-timed-out' ? 'backoff' : 'never';
  }
}
