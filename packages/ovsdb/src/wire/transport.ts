import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { OvsdbFault } from '../value/fault.ts';
import { formatRemote, type Remote } from './remote.ts';
import { codeOfStreamError } from './stream-fault.ts';
import { secured, whenTaken } from './tls.ts';
import { readCredentials, type TlsOptions } from './tls-options.ts';

/** Opens a byte stream to a remote. Every kind of remote comes down to one of these. */
export type Dial = (remote: Remote, options: DialOptions) => Promise<Duplex>;

export type DialOptions = {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
};

/**
 * Dials sockets; `tls` is for `ssl:` remotes, whose server is always verified. The time allowed covers TLS as well. The dial rejects with
 * `OvsdbFault` `connect-failed`, `connect-timeout`, `bad-certificate`, `certificate-refused`, `bad-credentials`, `bad-remote` or `aborted`.
 */
export function socketDial(tls?: TlsOptions): Dial {
  return async (remote, options) => {
    if (remote.kind !== 'ssl') {
      const socket = socketTo(remote);
      return await opened(socket, remote, options, (done) => socket.once('connect', done));
    }
    if (tls === undefined) {
      throw new OvsdbFault('bad-remote', `${formatRemote(remote)} needs the tls option with a CA`);
    }
    const credentials = await readCredentials(tls);
    const socket = secured(socketTo(remote), credentials, tls.serverName ?? remote.host);
    return await opened(socket, remote, options, (done) => whenTaken(socket, done));
  };
}

/** The fault of a caller who gave up. */
export function abortFault(signal: AbortSignal | undefined): OvsdbFault {
  return new OvsdbFault('aborted', 'aborted by the caller', { outcome: 'not-sent', cause: signal?.reason });
}

function opened(
  socket: Socket,
  remote: Remote,
  { timeoutMs, signal }: DialOptions,
  whenOpen: (done: () => void) => void,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const message = `${formatRemote(remote)} did not answer in ${timeoutMs} ms`;
      fail(new OvsdbFault('connect-timeout', message, retrying()));
    }, timeoutMs);
    const onAbort = () => fail(abortFault(signal));
    const onError = (cause: Error) => {
      const code = codeOfStreamError(cause, 'connect-failed');
      fail(new OvsdbFault(code, `${formatRemote(remote)}: ${cause.message}`, { ...retrying(), cause }));
    };
    const onOpen = () => {
      settle();
      resolve(socket);
    };
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.off('error', onError);
    };
    const fail = (fault: OvsdbFault) => {
      settle();
      socket.on('error', ignore);
      socket.destroy();
      reject(fault);
    };
    socket.once('error', onError);
    whenOpen(onOpen);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
  });
}

/** A dead host does not close its connections: after as long without a byte the kernel asks for a sign of life. */
const keepAliveMs = 15_000;

function socketTo(remote: Remote): Socket {
  if (remote.kind === 'unix') return connect({ path: remote.path });
  const { host, port } = remote;
  return connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs });
}

function retrying() {
  return { retry: 'backoff', outcome: 'not-sent' } as const;
}

/** A socket that is being thrown away may still report an error. */
function ignore(): void {}
