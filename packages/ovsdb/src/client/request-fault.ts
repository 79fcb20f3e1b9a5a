import { OvsdbFault } from '../value/fault.ts';
import type { Json } from '../value/json.ts';

/** A request whose answer will never come: the server may have acted on it or not. */
export function unanswered(method: string, cause: OvsdbFault): OvsdbFault {
  const message = `${method}: ${cause.message}; whether it took effect is unknown`;
  return new OvsdbFault(cause.code, message, { retry: cause.retry, outcome: 'unknown', cause });
}

/** A request that never left: the connection was not there, or ended while the request waited its turn. */
export function unsent(what: string, cause: OvsdbFault): OvsdbFault {
  const code = cause.code === 'closed' || cause.code === 'aborted' ? cause.code : 'disconnected';
  const options = { retry: cause.retry, outcome: 'not-sent', cause } as const;
  return new OvsdbFault(code, `${what}: ${cause.message}; nothing was sent`, options);
}

/** A request that the server answered with an error, which is the fault's `cause`. */
export function refusal(method: string, error: Json): OvsdbFault {
  const text = typeof error === 'string' ? error : JSON.stringify(error);
  return new OvsdbFault('request-refused', `${method} refused: ${text}`, { cause: error });
}

/** The word that the server refused a request with; `undefined` for any other fault. */
export function refusalWord(error: unknown): string | undefined {
  if (!(error instanceof OvsdbFault) || error.code !== 'request-refused') return undefined;
  if (typeof error.cause === 'string') return error.cause;
  const { cause } = error;
  if (typeof cause !== 'object' || cause === null || !('error' in cause)) return undefined;
  return typeof cause.error === 'string' ? cause.error : undefined;
}

/** The answer could not be made sense of. */
export function asProtocolFault(error: unknown): OvsdbFault {
  if (error instanceof OvsdbFault) return error;
  return new OvsdbFault('protocol-error', `the answer could not be read: ${String(error)}`, {
    retry: 'backoff',
    cause: error,
  });
}
