import { chmod, mkdir, rename, rm, stat } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { errorOf } from '../cni/cni-fault.ts';
import type { CniResult } from '../cni/result.ts';
import type { CniAnswer, CniRequest } from '../cni/wire.ts';
import { cniFaultOf } from './answer-of.ts';
import { readRequest } from './read-request.ts';

export type CniServerOptions = {
  /** Where to listen. Only root may connect. */
  readonly socketPath: string;
  handle(request: CniRequest, signal: AbortSignal): Promise<CniResult | undefined>;
  /** Told what could not be done. */
  readonly onRefused?: (request: CniRequest | undefined, fault: unknown) => void;
};

/** Longest line that is read, in bytes: that of a GC with thousands of attachments. */
const longestLine = 4 * 2 ** 20;

/**
 * Listens for berth-cni. The socket is put in place whole, over that of an agent before; disposing of it ends what is being done for
 * those who wait, and removes the socket unless another agent has put its own there. Throws errors of node:net and node:fs.
 */
export async function serveCni(options: CniServerOptions): Promise<AsyncDisposable> {
  const { socketPath } = options;
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    serve(socket, options);
  });
  const fresh = `${socketPath}.${process.pid}`;
  await mkdir(dirname(socketPath), { recursive: true, mode: 0o755 });
  await rm(fresh, { force: true });
  await listen(server, fresh);
  await chmod(fresh, 0o600);
  const { ino } = await stat(fresh);
  await rename(fresh, socketPath);
  return {
    async [Symbol.asyncDispose]() {
      const present = await stat(socketPath).catch(() => undefined);
      if (present?.ino === ino) await rm(socketPath, { force: true });
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listen(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(path, () => {
    server.off('error', reject);
    resolve();
  });
  return promise;
}

/** One request, one answer. A plugin that hangs up wants it no more. */
function serve(socket: Socket, options: CniServerOptions): void {
  const hungUp = new AbortController();
  let text = '';
  let isRead = false;
  socket.setEncoding('utf8');
  socket.on('error', () => undefined);
  socket.on('close', () => hungUp.abort());
  socket.on('data', (more: string) => {
    if (isRead) return;
    text += more;
    if (text.length > longestLine) socket.destroy();
    if (!text.includes('\n')) return;
    isRead = true;
    void answer(text, options, hungUp.signal).then((said) => {
      if (!hungUp.signal.aborted) socket.end(`${JSON.stringify(said)}\n`);
    });
  });
}

async function answer(
  line: string,
  { handle, onRefused }: CniServerOptions,
  signal: AbortSignal,
): Promise<CniAnswer> {
  let request: CniRequest | undefined;
  try {
    request = readRequest(line);
    const result = await handle(request, signal);
    return result ? { result } : {};
  } catch (fault) {
    if (!signal.aborted) onRefused?.(request, fault);
    return { error: errorOf(cniFaultOf(fault)) };
  }
}
