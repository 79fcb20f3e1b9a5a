import { once } from 'node:events';
import { connect } from 'node:net';

/** The shortest client there can be: writes requests, waits for the object with their id, and reads nothing else. */
export type RawSocket = AsyncDisposable & {
  request(method: string, params: readonly unknown[]): Promise<void>;
};

export async function openRawSocket(remote: string): Promise<RawSocket> {
  const socket = connect(remote.slice('unix:'.length));
  await once(socket, 'connect');
  let nextId = 1;
  let pending: { readonly id: number; readonly done: () => void } | undefined;
  let parts: Buffer[] = [];
  let depth = 0;
  let inString = false;
  let escaped = false;
  const onMessage = (text: string): void => {
    const message: { readonly id?: unknown; readonly method?: string; readonly error?: unknown } =
      JSON.parse(text);
    if (message.method === 'echo') socket.write(JSON.stringify({ id: message.id, result: [], error: null }));
    if (message.id === pending?.id) pending?.done();
  };
  socket.on('data', (chunk: Buffer) => {
    let start = 0;
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index];
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === 0x5c) escaped = true;
        else if (byte === 0x22) inString = false;
      } else if (byte === 0x22) inString = true;
      else if (byte === 0x7b) depth++;
      else if (byte === 0x7d && --depth === 0) {
        parts.push(chunk.subarray(start, index + 1));
        onMessage(Buffer.concat(parts).toString());
        parts = [];
        start = index + 1;
      }
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
  });
  return {
    request: (method, params) =>
      new Promise((resolve) => {
        const id = nextId++;
        pending = { id, done: resolve };
        socket.write(JSON.stringify({ id, method, params }));
      }),
    [Symbol.asyncDispose]: async () => {
      socket.destroy();
    },
  };
}
