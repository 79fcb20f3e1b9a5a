import { once } from 'node:events';
import type { Lab } from '../lab/lab.ts';
import { clientProgram, serverProgram } from './ask-programs.ts';

/** Where something listens that we start: on every address of a place. */
export type Server = { readonly place: string; readonly port: number };

export type AskOptions = {
  /** Where the client runs. */
  readonly from: string;
  readonly protocol: 'tcp' | 'udp';
  /** The address and port the client asks, which lead to the servers. */
  readonly to: string;
  readonly port: number;
  /** All that packets may be led to. With several, it is asked as often as each of them must have been met, if chance decides. */
  readonly servers: readonly Server[];
  /** How many others packets may be led to, which nobody can be started at; 0 when absent. */
  readonly others?: number;
  /** Bytes that go there and back by TCP; 1,000 when absent. */
  readonly bytes?: number;
  /** For one answer; 5000 when absent. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
};

/** Which server answered, and the address that it saw the client with. */
export type ServerAnswer = Server & { readonly peer: string };

export type Asked = {
  readonly sent: number;
  readonly answers: readonly ServerAnswer[];
  /** Why one of those failed that did; absent where all were answered. */
  readonly reason?: string;
};

/**
 * Starts servers, and asks an address that leads to them, each time from another port: by TCP it connects, and compares what comes back
 * with what it sent; by UDP it sends a datagram again and again until the answer comes. One server is asked until it answers
 * or time is over, which counts as one. Any outcome is a result.
 */
export async function askServers(lab: Lab, options: AskOptions): Promise<Asked> {
  const { from, protocol, to, port, servers, others = 0, bytes = 1_000, timeoutMs = 5_000, signal } = options;
  const distinct = new Map(servers.map((each) => [`${each.place} ${each.port}`, each]));
  const listening = [...distinct.values()].map((each) => listen(lab, each, protocol));
  try {
    await Promise.all(listening.map(({ ready }) => ready));
    signal?.throwIfAborted();
    const argv = node(clientProgram, protocol, to, port, distinct.size, others, bytes, timeoutMs);
    // All of it is over after two rounds.
    const limit = { timeoutMs: 2 * timeoutMs + 3_000, ...(signal !== undefined && { signal }) };
    const { stdout, stderr, exitCode } = await lab.exec(from, argv, limit);
    if (stdout.trim() !== '') return JSON.parse(stdout);
    return { sent: 1, answers: [], reason: stderr.trim() || `exit code ${exitCode}` };
  } finally {
    await Promise.all(listening.map(({ end }) => end()));
  }
}

/** A server that ends with its standard input. It is ready once it listens, or has ended because it cannot. */
function listen(lab: Lab, { place, port }: Server, protocol: AskOptions['protocol']) {
  const child = lab.spawn(place, node(serverProgram, protocol, port, place));
  const closed = once(child, 'close').catch(() => undefined);
  child.stdin.on('error', () => {});
  child.stderr.resume();
  return {
    ready: Promise.race([once(child.stdout, 'data'), closed]),
    async end(): Promise<void> {
      child.stdin.end();
      await closed;
    },
  };
}

function node(program: string, ...words: readonly (string | number)[]): string[] {
  return [process.execPath, '-e', program, ...words.map(String)];
}
