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
  const onMessage = (text: string): void => {
    const message: { readonly id?: unknown; readonly method?: string } = JSON.parse(text);
    if (message.method === 'echo') socket.write(JSON.stringify({ id: message.id, result: [], error: null }));
    if (message.method === undefined && message.id === pending?.id) pending?.done();
  };
  const cut = cutter();
  socket.on('data', (chunk: Buffer) => {
    for (const text of cut(chunk)) onMessage(text);
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

/** Cuts the stream into objects by counting braces outside of strings. */
function cutter(): (chunk: Buffer) => readonly string[] {
  let parts: Buffer[] = [];
  let depth = 0;
  let quoted: 'no' | 'yes' | 'escaped' = 'no';
  const step = (byte: number | undefined): boolean => {
    if (quoted === 'escaped') quoted = 'yes';
    else if (quoted === 'yes') quoted = byte === 0x5c ? 'escaped' : byte === 0x22 ? 'no' : 'yes';
    else if (byte === 0x22) quoted = 'yes';
    else if (byte === 0x7b) depth++;
    else if (byte === 0x7d) return --depth === 0;
    return false;
  };
  return (chunk) => {
    const texts: string[] = [];
    let start = 0;
    for (let index = 0; index < chunk.length; index++) {
      if (!step(chunk[index])) continue;
      texts.push(Buffer.concat([...parts, chunk.subarray(start, index + 1)]).toString());
      parts = [];
      start = index + 1;
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
    return texts;
  };
}
