/** What can go wrong with a source. */
export type SourceFaultCode =
  | 'folder-missing'
  | 'folder-empty'
  | 'folder-unreadable'
  | 'state-inside-folder'
  | 'state-of-other-folder'
  | 'move-refused'
  | 'state-foreign'
  | 'state-newer'
  | 'state-unreadable'
  | 'state-unwritable'
  | 'state-locked'
  | 'state-lock-lost'
  | 'stale-write'
  | 'epoch-behind'
  | 'cluster-config'
  | 'cluster-unreachable'
  | 'cluster-busy'
  | 'unauthorized'
  | 'forbidden'
  | 'write-refused'
  | 'kind-not-served'
  | 'lease-lost'
  | 'closed';

const retries: Readonly<Record<SourceFaultCode, 'backoff' | 'wait-change' | 'never'>> = {
  'folder-missing': 'wait-change',
  'folder-empty': 'wait-change',
  'folder-unreadable': 'backoff',
  'state-inside-folder': 'never',
  'state-of-other-folder': 'never',
  'move-refused': 'never',
  'state-foreign': 'never',
  'state-newer': 'never',
  'state-unreadable': 'backoff',
  'state-unwritable': 'backoff',
  'state-locked': 'never',
  'state-lock-lost': 'never',
  'stale-write': 'backoff',
  'epoch-behind': 'never',
  'cluster-config': 'never',
  'cluster-unreachable': 'backoff',
  'cluster-busy': 'backoff',
  unauthorized: 'backoff',
  forbidden: 'backoff',
  'write-refused': 'backoff',
  'kind-not-served': 'backoff',
  'lease-lost': 'never',
  closed: 'never',
};

/** The source, or what it is stored in, is not as it must be. The message says what to do. */
export class SourceFault extends Error {
  override readonly name = 'SourceFault';
  readonly code: SourceFaultCode;
  /** Whether trying again can help. */
  readonly retry: 'backoff' | 'wait-change' | 'never';
  /** How long to wait before another try, in ms, where the other side says so. */
  readonly retryAfterMs: number | undefined;
  /** Of several writes those that the other side will not have as things are, by `refKey` of the object, and why. */
  readonly refused: ReadonlyMap<string, string> | undefined;

  constructor(
    code: SourceFaultCode,
    message: string,
    {
      retryAfterMs,
      refused,
      ...options
    }: ErrorOptions & {
      readonly retryAfterMs?: number | undefined;
      readonly refused?: ReadonlyMap<string, string> | undefined;
    } = {},
  ) {
    super(message, options);
    this.code = code;
    this.retry = retries[code];
    this.retryAfterMs = retryAfterMs;
    this.refused = refused;
  }
}
