import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';

const replySchema = z.object({ id: z.unknown(), result: z.unknown(), error: z.unknown() });

/** Longest time a daemon may take over one command. */
const defaultPatienceMs = 2_000;

/**
 * A connection to the control socket of a daemon (ovs-appctl(8)): JSON-RPC without anything between messages. It may be asked for as long
 * as the daemon runs, so nothing waits at a promise of its end: that would be held on to until then.
 */
export class Unixctl implements Disposable {
  readonly #socket: Socket;
  readonly #patienceMs: number;
  #text = '';
  #answer: ((text: string | undefined) => void) | undefined;
  /** A command was sent, and what the daemon says to it has not come, whether or not somebody waits for it still. */
  #isOwed = false;
  #isGone = false;

  constructor(socket: Socket, patienceMs: number) {
    this.#socket = socket;
    this.#patienceMs = patienceMs;
    socket.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#isGone = true;
      this.#answer?.(undefined);
    });
  }

  /**
   * What the daemon says to a command, a refusal included; undefined when it says nothing in time or is gone. One at a time. A daemon that
   * owes an answer to a command before is sent no other until it has given it: one that stood still would answer all of them at once.
   */
  async ask(method: string, ...params: readonly string[]): Promise<string | undefined> {
    if (this.#isOwed) await this.#nextAnswer();
    if (this.#isOwed || this.#isGone) return undefined;
    this.#isOwed = true;
    this.#socket.write(JSON.stringify({ method, params, id: 0 }));
    return await this.#nextAnswer();
  }

  /** Whether the daemon is gone: resolves as soon as it is, or when it is still there after a time, which keeps no process alive. */
  goneWithin(ms: number): Promise<boolean> {
    if (this.#isGone) return Promise.resolve(true);
    return new Promise((resolve) => {
      const gone = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      const stays = (): void => {
        this.#socket.off('close', gone);
        resolve(false);
      };
      const timer = setTimeout(stays, ms).unref();
      this.#socket.once('close', gone);
    });
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  async #nextAnswer(): Promise<string | undefined> {
    if (this.#isGone) return undefined;
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const timer = setTimeout(() => resolve(undefined), this.#patienceMs);
    this.#answer = resolve;
    const answer = await promise;
    clearTimeout(timer);
    return answer;
  }

  #take(text: string): void {
    this.#text += text;
    let reply: unknown;
    try {
      reply = JSON.parse(this.#text);
    } catch {
      return;
    }
    this.#text = '';
    this.#isOwed = false;
    const { success, data } = replySchema.safeParse(reply);
    const [said] = success ? [data.result, data.error].filter((each) => typeof each === 'string') : [];
    this.#answer?.(said?.trim() ?? '');
  }
}

/** Dials the daemon that has its pidfile and its control socket in a folder; undefined when it does not run. */
export async function dialDaemon(
  rundir: string,
  daemon: string,
  patienceMs = defaultPatienceMs,
): Promise<Unixctl | undefined> {
  const pid = await readFile(join(rundir, `${daemon}.pid`), 'utf8').catch(() => '');
  return /^\d+\s*$/.test(pid)
    ? dialUnixctl(join(rundir, `${daemon}.${pid.trim()}.ctl`), patienceMs)
    : undefined;
}

/** Dials a control socket; undefined when no daemon listens there. */
function dialUnixctl(path: string, patienceMs: number): Promise<Unixctl | undefined> {
  const { promise, resolve } = Promise.withResolvers<Unixctl | undefined>();
  const socket = connect({ path });
  socket.once('error', () => resolve(undefined));
  socket.once('connect', () => resolve(new Unixctl(socket, patienceMs)));
  return promise;
}
