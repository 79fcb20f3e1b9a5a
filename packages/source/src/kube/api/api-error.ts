import { SourceFault, type SourceFaultCode } from '../../fault.ts';
import { lacksRight } from '../rights/lacks-right.ts';

/** An answer of the API server that says no: its `Status` object (API conventions, "Response Status Kind"). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly reason: string;
  /** What the server asks to wait before another try. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, reason: string, message: string, retryAfterMs?: number) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Whether the server no longer knows the version that was asked for. */
export function isExpired(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 410 || error.reason === 'Expired');
}

/** Whether the version asked for is one that the server has yet to reach: it was restored from a backup, or lags behind. */
export function isTooNew(error: unknown): boolean {
  return error instanceof ApiError && /too large resource version/i.test(error.message);
}

/** An error of a call as a fault that says what was being done, and what to do. */
export function faultOf(error: unknown, doing: string, server: string): SourceFault {
  if (error instanceof SourceFault) return error;
  if (!(error instanceof ApiError)) {
    const why = error instanceof Error ? reasonOf(error) : String(error);
    const what = isSilence(error) ? 'does not answer' : `cannot be reached: ${why}`;
    const message = `the API server ${server} ${what}; the network stays as it is until it can`;
    return new SourceFault('cluster-unreachable', message, { cause: error });
  }
  const { code, cure } = kindOf(error);
  const { retryAfterMs } = error;
  return new SourceFault(code, `${doing}: ${error.message}${cure}`, { cause: error, retryAfterMs });
}

function kindOf({ status, reason, message }: ApiError): {
  readonly code: SourceFaultCode;
  readonly cure: string;
} {
  if (status === 401) return { code: 'unauthorized', cure: '; the credentials are wrong or have expired' };
  if (status === 403 && lacksRight(message))
    return { code: 'forbidden', cure: '; grant it with the ClusterRole that comes with Berth' };
  // No role helps: a webhook, a policy or a quota of the cluster is against it, and its own words say why.
  if (status === 403)
    return { code: 'write-refused', cure: '; what refuses it is a rule of the cluster, and no role' };
  if (status === 409 || status === 404) return { code: 'stale-write', cure: '; list again' };
  if (status === 429 || status >= 500 || reason === 'Expired') return { code: 'cluster-busy', cure: '' };
  return { code: 'write-refused', cure: '; correct the object' };
}

/** Whether there was a connection and nothing came over it in time. */
function isSilence(error: unknown): boolean {
  return (
    error instanceof Error && ['TimeoutError', 'HeadersTimeoutError', 'BodyTimeoutError'].includes(error.name)
  );
}

/** The innermost reason of an error of the network. */
function reasonOf(error: Error): string {
  if (error.cause instanceof Error) return reasonOf(error.cause);
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return reasonOf(error.errors[0]);
  return error.message || ('code' in error ? String(error.code) : error.name);
}
