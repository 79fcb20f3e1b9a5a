import { OvsdbFault } from '../value/fault.ts';
import { abortFault } from '../wire/transport.ts';
import type { ConnectionStatus } from './connection.ts';

/** What tells its connection's status. */
export type StatusSource = {
  readonly status: ConnectionStatus;
  onStatus(listener: (status: ConnectionStatus) => void): () => void;
};

/** Resolves when the source is connected. Rejects with `OvsdbFault` `closed`, or `aborted` by the signal. */
export function untilConnected(source: StatusSource, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      unsubscribe();
      signal?.removeEventListener('abort', onAbort);
    };
    const look = (status: ConnectionStatus) => {
      if (status.kind !== 'connected' && status.kind !== 'closed') return;
      settle();
      if (status.kind === 'connected') resolve();
      else reject(new OvsdbFault('closed', 'the database was closed'));
    };
    const onAbort = () => {
      settle();
      reject(abortFault(signal));
    };
    const unsubscribe = source.onStatus(look);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
    else look(source.status);
  });
}
