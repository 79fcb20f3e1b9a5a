import type { Lab } from '../lab/lab.ts';
import { askServers } from './ask-servers.ts';

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
  const { from, server, to, port, serverPort = port, bytes = 1_048_576, timeoutMs = 5_000 } = options;
  const servers = [{ place: server, port: serverPort }];
  const { answers, reason } = await askServers(lab, {
    ...{ from, protocol: 'tcp', to, port, servers, bytes, timeoutMs },
  });
  const [first] = answers;
  if (first) return { kind: 'echoed', bytes, peer: first.peer };
  return { kind: 'failed', reason: reason ?? 'no answer' };
}
