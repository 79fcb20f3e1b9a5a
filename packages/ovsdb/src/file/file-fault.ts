import { OvsdbFault, type OvsdbFaultCode } from '../value/fault.ts';

/** A file that cannot be read, and why. */
export function fileFault(
  code: Extract<OvsdbFaultCode, 'not-a-database' | 'truncated-file' | 'corrupt-file'>,
  message: string,
  cause?: unknown,
): OvsdbFault {
  return new OvsdbFault(code, message, { cause });
}
