/** Codes of errors: those of the specification (CNI 1.1, section 5, "Error"), and from 100 on ours. */
export const cniCodes = {
  'incompatible-version': 1,
  'unsupported-field': 2,
  'unknown-container': 3,
  'invalid-environment': 4,
  'io-failure': 5,
  'not-decodable': 6,
  'invalid-config': 7,
  'try-again-later': 11,
  /** Of STATUS: nothing can be added now. */
  'not-available': 50,
  /** Of STATUS: nothing can be added now, and what was added may be cut off. */
  'limited-connectivity': 51,
  /** Neither the user's fault nor the node's. */
  internal: 100,
  /** The container has an interface of that name already, or another owner has the port. */
  'interface-taken': 101,
  /** CHECK found something that is not as it was made. */
  'not-as-made': 102,
} as const;

export type CniFaultCode = keyof typeof cniCodes;

/** Why a command was not carried out, as the runtime is told: `message` what and where, `details` what to do. */
export class CniFault extends Error {
  override readonly name = 'CniFault';
  readonly code: CniFaultCode;
  readonly details: string;

  constructor(code: CniFaultCode, message: string, details = '') {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** An error as it is printed, beside the version. */
export type CniError = { readonly code: number; readonly msg: string; readonly details?: string };

export function errorOf({ code, message, details }: CniFault): CniError {
  return { code: cniCodes[code], msg: message, ...(details !== '' && { details }) };
}
