/** What can be wrong with how the command line was called. */
export type CliFaultCode =
  /** The command line itself is wrong. */
  | 'usage'
  /** What a file or an object says cannot be used. */
  | 'bad-input'
  /** What is asked for is not there. */
  | 'not-found'
  /** The answer cannot be told from what can be reached. */
  | 'cannot-tell'
  /** The user said no, or ended the command. */
  | 'interrupted';

/** A call that cannot be answered. `message` says what and where, `cure` what to do. Trying again never helps. */
export class CliFault extends Error {
  override readonly name = 'CliFault';
  readonly code: CliFaultCode;
  readonly cure: string | undefined;
  readonly retry = 'never';

  constructor(code: CliFaultCode, message: string, cure?: string) {
    super(message);
    this.code = code;
    this.cure = cure;
  }
}
