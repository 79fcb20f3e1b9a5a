import type { Duplex } from 'node:stream';
import { Session } from '../client/session.ts';
import { OvsdbFault } from '../value/fault.ts';
import type { Json } from '../value/json.ts';

/** A connection that sends requests as they are given and returns answers as they come. */
export type RawClient = Disposable & {
  request(method: string, params: readonly Json[]): Promise<Json>;
};

export function rawClientOn(stream: Duplex): RawClient {
  const session = new Session(stream, {
    inactivityProbeMs: 0,
    loadTimeoutMs: 0,
    maxMessageBytes: 2 ** 30,
    onNotification: () => {},
    onEnd: () => {},
  });
  return {
    request: (method, params) => session.request(method, params, (result) => result),
    [Symbol.dispose]: () => session.end(new OvsdbFault('closed', 'done')),
  };
}
