import { AsyncLocalStorage } from 'node:async_hooks';

/** Where a command says on standard error what is no part of its answer, whichever of its parts finds out. */
export type Aside = {
  readonly write: (text: string) => void;
  /** Aborted when the command was told to end: then nothing is waited for any more. */
  readonly signal: AbortSignal;
  readonly said: Set<string>;
  readonly waits: Set<{ readonly what: string }>;
};

/** How long a peer may take before it is said that it is waited for: less than it takes a person to wonder. */
const quietTicks = 10;
const tickMs = 200;

const asides = new AsyncLocalStorage<Aside>();

/** What is said aside goes to `write` while `work` is under way. */
export function withAside<T>(aside: Aside, work: () => Promise<T>): Promise<T> {
  return asides.run(aside, work);
}

export function asideOn(write: Aside['write'], signal: AbortSignal): Aside {
  return { write, signal, said: new Set(), waits: new Set() };
}

/** Says a line once in a command. Where no command runs, as for a shell that completes words, nobody hears it. */
export function sayAside(line: string): void {
  const aside = asides.getStore();
  if (aside) sayOn(aside, line);
}

function sayOn({ said, write }: Aside, line: string): void {
  if (said.has(line)) return;
  said.add(line);
  write(`${line}\n`);
}

/**
 * Waits for a peer, and says that it does where that takes long. Rejects with the signal's reason once the command was told to end, whether the
 * peer heeds that or not.
 */
export async function awaiting<T>(what: string, work: Promise<T>): Promise<T> {
  const aside = asides.getStore();
  if (!aside) return await work;
  const { signal, waits } = aside;
  const wait = { what };
  const { promise: ended, reject } = Promise.withResolvers<never>();
  ended.catch(() => undefined);
  work.catch(() => undefined);
  const end = (): void => reject(signal.reason);
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  const quiet = afterQuiet(() => sayOn(aside, `waiting for ${what}`));
  waits.add(wait);
  try {
    return await Promise.race([work, ended]);
  } finally {
    clearInterval(quiet);
    waits.delete(wait);
    signal.removeEventListener('abort', end);
  }
}

/** Calls after two seconds, in which time does not count that this process took for itself: a peer is not waited for while a program loads. */
function afterQuiet(say: () => void): NodeJS.Timeout {
  let left = quietTicks;
  const timer = setInterval(() => {
    left -= 1;
    if (left > 0) return;
    clearInterval(timer);
    say();
  }, tickMs);
  return timer;
}

/** What a command waits for now, in words; undefined where it waits for nothing. */
export function awaitedBy({ waits }: Pick<Aside, 'waits'>): string | undefined {
  const all = [...new Set([...waits].map(({ what }) => what))];
  return all.length === 0 ? undefined : all.join(' and ');
}
