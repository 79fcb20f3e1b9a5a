import { connect } from 'node:net';
import { CniFault } from './cni-fault.ts';
import type { CniAnswer, CniRequest } from './wire.ts';

/**
 * Asks the node's agent. Whoever is gone before the answer has its request given up by the agent. Throws CniFault
 * `try-again-later` when there is no agent, or none that answers in time; for STATUS that is `not-available`.
 */
export function askAgent(socketPath: string, request: CniRequest, timeoutMs: number): Promise<CniAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<CniAnswer>();
  const code = request.command === 'STATUS' ? 'not-available' : 'try-again-later';
  const fail = (why: string): void => {
    const details =
      'is berth-agent running on this node, with --cni-socket, and is its Open_vSwitch database there?';
    reject(new CniFault(code, `the agent at ${socketPath} ${why}`, details));
    socket.destroy();
  };
  const socket = connect({ path: socketPath });
  const timer = setTimeout(() => fail(`did not answer within ${timeoutMs} ms`), timeoutMs);
  let text = '';
  socket.setEncoding('utf8');
  socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`));
  socket.on('data', (more: string) => {
    text += more;
  });
  socket.on('error', (error: NodeJS.ErrnoException) =>
    fail(`cannot be reached (${error.code ?? error.message})`),
  );
  socket.on('close', () => {
    clearTimeout(timer);
    const answer = readAnswer(text);
    if (answer) resolve(answer);
    else fail('went away without an answer');
  });
  return promise;
}

/** Undefined when a line is not whole, or no answer. */
function readAnswer(text: string): CniAnswer | undefined {
  if (!text.endsWith('\n')) return undefined;
  try {
    const answer: unknown = JSON.parse(text);
    return isAnswer(answer) ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** Whoever listens there is the agent: of its answer only the outline is looked at. */
function isAnswer(value: unknown): value is CniAnswer {
  if (typeof value !== 'object' || value === null) return false;
  const { error = {}, result = {} }: { error?: unknown; result?: unknown } = value;
  return typeof error === 'object' && error !== null && typeof result === 'object' && result !== null;
}
