import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { OvsdbFault } from '../value/fault.ts';
import { formatRemote, type Remote } from './remote.ts';

/** Opens a byte stream to a remote. Every kind of remote comes down to one of these. */
export type Dial = (remote: Remote, options: DialOptions) => Promise<Duplex>;

export type DialOptions = {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
};

/** Connects a socket. Rejects with `OvsdbFault` `connect-failed`, `connect-timeout` or `aborted`. */
export const dial: Dial = (remote, { timeoutMs, signal }) =>
  new Promise((resolve, reject) => {
    const socket = socketTo(remote);
    const timer = setTimeout(() => {
      fail(
        new OvsdbFault(
          'connect-timeout',
          `${formatRemote(remote)} did not answer in ${timeoutMs} ms`,
          retrying(),
        ),
      );
    }, timeoutMs);
    const onAbort = () => fail(abortFault(signal));
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.removeAllListeners();
    };
    const fail = (fault: OvsdbFault) => {
      settle();
      socket.on('error', ignore);
      socket.destroy();
      reject(fault);
    };
    socket.once('error', (cause) => {
      fail(
        new OvsdbFault('connect-failed', `${formatRemote(remote)}: ${cause.message}`, {
          ...retrying(),
          cause,
        }),
      );
    });
    socket.once('connect', () => {
      settle();
      if (remote.kind === 'tcp') socket.setNoDelay(true);
      resolve(socket);
    });
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
  });

/** The fault of a caller who gave up. */
export function abortFault(signal: AbortSignal | undefined): OvsdbFault {
  return new OvsdbFault('aborted', 'aborted by the caller', { outcome: 'not-sent', cause: signal?.reason });
}

function socketTo(remote: Remote): Socket {
  switch (remote.kind) {
    case 'unix':
      return connect({ path: remote.path });
    case 'tcp':
      return connect({ host: remote.host, port: remote.port });
  }
}

function retrying() {
  return { retry: 'backoff', outcome: 'not-sent' } as const;
}

/** A socket that is being thrown away may still report an error. */
function ignore(): void {}
