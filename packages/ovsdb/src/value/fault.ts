import type { Operation } from './operation.ts';

/** What went wrong. Codes are stable; each is raised by one kind of cause. */
export type OvsdbFaultCode =
  /** A remote that is not `unix:PATH`, `tcp:HOST:PORT` or `ssl:HOST:PORT`, or an `ssl:` remote without the `tls` option. */
  | 'bad-remote'
  /** No remote could be connected to. */
  | 'connect-failed'
  /** A remote did not accept the connection within the time given. */
  | 'connect-timeout'
  /** The server's certificate is not signed by the CA given, is out of date, or names somebody else. */
  | 'bad-certificate'
  /** The server did not take this client's certificate, or wants one and got none. */
  | 'certificate-refused'
  /** This client's own CA, certificate or key cannot be read, or the key belongs to another certificate. */
  | 'bad-credentials'
  /** The server is a member of a cluster but not its leader. */
  | 'not-leader'
  /** The server is cut off from its cluster. */
  | 'cluster-cut-off'
  /** The server's data is older than what this client has already seen. */
  | 'stale-server'
  /** The caller's signal was aborted. */
  | 'aborted'
  /** The connection is not up, or ended before the answer came. `outcome` says whether the request may have taken effect. */
  | 'disconnected'
  /** The database or replica was closed by its owner. */
  | 'closed'
  /** The peer sent something that RFC 7047 does not allow. */
  | 'protocol-error'
  /** The peer sent a message above the size limit. */
  | 'message-too-large'
  /** The server does not have the database. */
  | 'unknown-database'
  /** The schema (or the replica) does not have the table or column. */
  | 'unknown-table-or-column'
  /** A table was searched by columns that were not declared as an index. */
  | 'no-index'
  /** A schema that does not follow RFC 7047 section 3.2. */
  | 'bad-schema'
  /** A file that is no database file, or holds no data. */
  | 'not-a-database'
  /** A database file that ends within a record. */
  | 'truncated-file'
  /** A database file with something wrong inside. */
  | 'corrupt-file'
  /** A value that does not fit its column's type. */
  | 'bad-value'
  /** The server refused a request other than a transaction. */
  | 'request-refused'
  /** The server refused a transaction; see `TransactionFault`. */
  | 'transaction-refused';

/** Whether doing the same again can help: after a pause, after the database has changed, or not at all. */
export type Retry = 'backoff' | 'wait-change' | 'never';

/**
 * What became of a request that was not answered: `not-sent` did nothing;
 * `unknown` may or may not have been committed, so read the database before repeating it.
 */
export type Outcome = 'not-sent' | 'unknown';

export type FaultOptions = {
  readonly retry?: Retry;
  readonly outcome?: Outcome;
  readonly cause?: unknown;
};

/** An error of this client or of its peer. */
export class OvsdbFault extends Error {
  override readonly name: string = 'OvsdbFault';
  readonly code: OvsdbFaultCode;
  readonly retry: Retry;
  /** Set on requests that were not answered. */
  readonly outcome: Outcome | undefined;

  constructor(code: OvsdbFaultCode, message: string, options: FaultOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retry = options.retry ?? 'never';
    this.outcome = options.outcome;
  }
}

/** The error words of RFC 7047 sections 3.1 and 5.2 and of ovsdb-server(7); `other` for a word that is not among them. */
export type OvsdbErrorWord = (typeof errorWords)[number] | 'other';

const errorWords = [
  'referential integrity violation',
  'constraint violation',
  'resources exhausted',
  'I/O error',
  'duplicate uuid-name',
  'duplicate uuid',
  'no such UUID',
  'unknown table',
  'unknown column',
  'domain error',
  'range error',
  'timed out',
  'not supported',
  'not owner',
  'not allowed',
  'permission error',
  'syntax error',
  'aborted',
  'cluster error',
  'ovsdb error',
] as const;

/** One refused operation. */
export type OperationError = {
  /** Place in the transaction; equal to the number of operations when the commit itself was refused. */
  readonly index: number;
  /** Absent when the commit itself was refused. */
  readonly operation?: Operation;
  readonly error: OvsdbErrorWord;
  /** The server's own words. */
  readonly details: string;
};

/** A transaction that the server refused as a whole: nothing of it was committed. */
export class TransactionFault extends OvsdbFault {
  override readonly name = 'TransactionFault';
  readonly errors: readonly OperationError[];
  /** True when a `wait` found other contents than it asked for: the database has moved on, so read it and plan again. */
  readonly waitLost: boolean;

  constructor(errors: readonly OperationError[]) {
    super('transaction-refused', messageOf(errors), { retry: retryOf(errors) });
    this.errors = errors;
    this.waitLost = errors.some(isLostWait);
  }
}

/** The error word as sent, or `other`. */
export function errorWordOf(text: string): OvsdbErrorWord {
  return errorWords.find((word) => word === text) ?? 'other';
}

function isLostWait(error: OperationError): boolean {
  return error.operation?.op === 'wait' && error.error === 'timed out';
}

function messageOf(errors: readonly OperationError[]): string {
  const parts = errors.map((error) => {
    const where = error.operation === undefined ? 'commit' : placeOf(error.index, error.operation);
    return `${where}: ${error.details}`;
  });
  return `transaction refused: ${parts.join('; ')}`;
}

function placeOf(index: number, operation: Operation): string {
  return 'table' in operation
    ? `operation ${index} (${operation.op} ${operation.table})`
    : `operation ${index} (${operation.op})`;
}

const retryByWord: Partial<Record<OvsdbErrorWord, Retry>> = {
  'timed out': 'wait-change',
  'not owner': 'wait-change',
  'duplicate uuid': 'wait-change',
  'constraint violation': 'wait-change',
  'referential integrity violation': 'wait-change',
  'resources exhausted': 'backoff',
  'I/O error': 'backoff',
  'cluster error': 'backoff',
};

function retryOf(errors: readonly OperationError[]): Retry {
  const retries = errors.map((error) => retryByWord[error.error] ?? 'never');
  if (retries.includes('never') || retries.length === 0) return 'never';
  return retries.includes('wait-change') ? 'wait-change' : 'backoff';
}
