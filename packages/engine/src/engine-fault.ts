/** What can go wrong in the engine itself. */
export type EngineFaultCode =
  /** A remote serves something that is not the OVN database it should be. */
  | 'not-ovn'
  /** A database took a transaction and never answered; it may have been carried out. */
  | 'no-answer'
  /** Another controller has taken over this OVN. */
  | 'fenced'
  /** Somebody else looked after this OVN last, and nobody said that we may follow. */
  | 'led-elsewhere'
  /** Resources keep changing faster than they can be stored. */
  | 'unsettled';

const retries: Partial<Record<EngineFaultCode, EngineFault['retry']>> = {
  unsettled: 'backoff',
  'no-answer': 'backoff',
  'led-elsewhere': 'wait-change',
};

/** An error of the engine or of what it talks to. `fenced` and `not-ovn` do not go away by trying again. */
export class EngineFault extends Error {
  override readonly name = 'EngineFault';
  readonly code: EngineFaultCode;
  readonly retry: 'backoff' | 'wait-change' | 'never';

  constructor(code: EngineFaultCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retry = retries[code] ?? 'never';
  }
}
