import type { Lab } from '../lab/lab.ts';

export type TcpOptions = {
  /** Where the client runs. */
  readonly from: string;
  /** Where the server runs: listening on every address of that place. */
  readonly server: string;
  /** The address the client connects to, which leads to the server. */
  readonly to: string;
  /** A fresh port each time: conntrack may keep what it knows of an old connection. */
  readonly port: number;
  /** The port the server listens on, where the way translates ports; `port` when absent. */
  readonly serverPort?: number;
  /** Bytes that go there and back; 1 MiB when absent. */
  readonly bytes?: number;
  /** For all of it; 5000 when absent. */
  readonly timeoutMs?: number;
};

/** `peer` is the client's address as the server saw it. */
export type TcpResult =
  | { readonly kind: 'echoed'; readonly bytes: number; readonly peer: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** Connects, sends bytes to an echo server and compares what comes back. Any outcome is a result. */
export async function tcpEcho(lab: Lab, options: TcpOptions): Promise<TcpResult> {
  const { bytes = 1_048_576, timeoutMs = 5_000 } = options;
  return await echoed(lab, options, serverProgram, clientProgram, bytes, timeoutMs);
}

/** Sends a datagram to an echo server again and again until an answer comes. Any outcome is a result; `bytes` is 1. */
export async function udpEcho(lab: Lab, options: Omit<TcpOptions, 'bytes'>): Promise<TcpResult> {
  return await echoed(lab, options, udpServerProgram, udpClientProgram, 1, options.timeoutMs ?? 5_000);
}

async function echoed(
  lab: Lab,
  options: TcpOptions,
  serving: string,
  asking: string,
  bytes: number,
  timeoutMs: number,
): Promise<TcpResult> {
  const stop = new AbortController();
  const { port, serverPort = port } = options;
  const server = lab.exec(options.server, node(serving, serverPort), { signal: stop.signal });
  const ended = server.catch(() => undefined);
  try {
    const argv = node(asking, options.to, port, bytes, timeoutMs);
    const { stdout, exitCode, stderr } = await lab.exec(options.from, argv, { timeoutMs: timeoutMs + 3_000 });
    const [kind, rest = ''] = stdout.trim().split(/ (.*)/s);
    if (kind === 'echoed') return { kind, bytes, peer: rest };
    return { kind: 'failed', reason: rest || stderr.trim() || `exit code ${exitCode}` };
  } finally {
    stop.abort();
    await ended;
  }
}

function node(program: string, ...words: readonly (string | number)[]): string[] {
  return [process.execPath, '-e', program, ...words.map(String)];
}

/** Echoes, after a first line that says who is connected. */
const serverProgram = `
require('node:net').createServer((socket) => {
  socket.on('error', () => {});
  socket.write(socket.remoteAddress.replace(/^::ffff:/, '') + '\\n');
  socket.pipe(socket);
}).listen(Number(process.argv[1]), '::');
`;

/** Tries until the server listens. Prints \`echoed PEER\` or \`failed REASON\`. */
const clientProgram = `
const [, to, port, bytes, timeoutMs] = process.argv;
const sent = require('node:crypto').randomBytes(Number(bytes));
const end = (text) => { console.log(text); process.exit(0); };
let reason = 'timed out';
setTimeout(() => end('failed ' + reason), Number(timeoutMs));
const attempt = () => {
  const socket = require('node:net').connect({ host: to, port: Number(port) }, () => { reason = 'stalled'; socket.write(sent); });
  const parts = [];
  let size = 0;
  socket.on('data', (part) => {
    parts.push(part);
    size += part.length;
    const all = size > sent.length ? Buffer.concat(parts) : undefined;
    const line = all?.indexOf(10) ?? -1;
    if (all === undefined || all.length - line - 1 < sent.length) return;
    const peer = all.subarray(0, line).toString();
    end(all.subarray(line + 1).equals(sent) ? 'echoed ' + peer : 'failed other bytes came back');
  });
  socket.on('error', (error) => { reason = error.code; setTimeout(attempt, 50); });
};
attempt();
`;

/** Answers each datagram with the address it came from. */
const udpServerProgram = `
const socket = require('node:dgram').createSocket('udp6');
socket.on('message', (_, { address, port }) => socket.send(address.replace(/^::ffff:/, ''), port, address));
socket.bind(Number(process.argv[1]), '::');
`;

/** Prints \`echoed PEER\` or \`failed REASON\`. */
const udpClientProgram = `
const [, to, port, , timeoutMs] = process.argv;
const end = (text) => { console.log(text); process.exit(0); };
setTimeout(() => end('failed timed out'), Number(timeoutMs));
const socket = require('node:dgram').createSocket(to.includes(':') ? 'udp6' : 'udp4');
socket.on('message', (peer) => end('echoed ' + peer));
socket.on('error', () => {});
const ask = () => socket.send('?', Number(port), to, () => setTimeout(ask, 100));
ask();
`;
