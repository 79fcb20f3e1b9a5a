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

/** A call that cannot be answered. `message` says what and where, `cure` what to do. */
export class CliFault extends Error {
  override readonly name = 'CliFault';
  readonly code: CliFaultCode;
  readonly cure: string | undefined;
  readonly retry: 'backoff' | 'never';

  constructor(
    code: CliFaultCode,
    message: string,
    cure?: string,
    { retry = 'never', cause }: { readonly retry?: 'backoff' | 'never'; readonly cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.cure = cure;
    this.retry = retry;
  }
}
