import { OvsdbFault } from '../value/fault.ts';
import { isJsonArray, isJsonObject, type Json } from '../value/json.ts';

/** One message of JSON-RPC 1.0 as OVSDB uses it (RFC 7047 section 4). */
export type Message =
  | { readonly kind: 'request'; readonly id: Json; readonly method: string; readonly params: readonly Json[] }
  | { readonly kind: 'notification'; readonly method: string; readonly params: readonly Json[] }
  | { readonly kind: 'result'; readonly id: Json; readonly result: Json }
  | { readonly kind: 'error'; readonly id: Json; readonly error: Json };

/** The text of a message. */
export function formatMessage(message: Message): string {
  switch (message.kind) {
    case 'request':
      return JSON.stringify({ id: message.id, method: message.method, params: message.params });
    case 'notification':
      return JSON.stringify({ id: null, method: message.method, params: message.params });
    case 'result':
      return JSON.stringify({ id: message.id, result: message.result, error: null });
    case 'error':
      return JSON.stringify({ id: message.id, result: null, error: message.error });
  }
}

/** Reads a message. Throws `OvsdbFault` `protocol-error`. */
export function parseMessage(text: string): Message {
  const json = parseJson(text);
  if (!isJsonObject(json)) throw messageFault(text);
  const { id, method, params, result, error } = json;
  if (typeof method === 'string') {
    if (!isJsonArray(params)) throw messageFault(text);
    return id === undefined || id === null
      ? { kind: 'notification', method, params }
      : { kind: 'request', id, method, params };
  }
  if (id === undefined || id === null) throw messageFault(text);
  if (error !== undefined && error !== null) return { kind: 'error', id, error };
  return { kind: 'result', id, result: result ?? null };
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw messageFault(text, cause);
  }
}

function messageFault(text: string, cause?: unknown): OvsdbFault {
  return new OvsdbFault('protocol-error', `not a JSON-RPC message: ${text.slice(0, 80)}`, {
    retry: 'backoff',
    cause,
  });
}
