import type { Look, Signature } from './look.ts';
import { Lookouts } from './lookouts.ts';

/** How a folder is watched. */
export type WatchTimes = {
  /** After the first sign of a change, how long to wait for the rest of it. */
  readonly debounceMs: number;
  /** How often to look without a sign: for what no event tells, as on network folders. */
  readonly pollMs: number;
};

/** Something under watch. */
export type Watched = {
  /** What is of interest looks like this now, and where changes of it show. A failure is as if nobody had looked. */
  look(): Promise<Look>;
  /** What it looked like when it was read last; undefined if it never was. */
  lastRead(): Signature | undefined;
};

/**
 * Calls back when something looks other than when it was last read, once for each way it looks; also when it goes and
 * comes back. Ends when disposed.
 */
export function watchFolder(
  { look, lastRead }: Watched,
  { debounceMs, pollMs }: WatchTimes,
  onChange: () => void,
): Disposable {
  let disposed = false;
  let checking = false;
  let missed = false;
  let announced: Signature | undefined;
  let pending: NodeJS.Timeout | undefined;

  const lookouts = new Lookouts(() => {
    pending ??= setTimeout(check, debounceMs);
  });
  const lookOnce = async () => {
    const seen = await look().catch(() => undefined);
    if (disposed || !seen) return;
    const { signature, lookouts: wanted } = seen;
    if (lookouts.add(wanted)) missed = true;
    // Of a folder that could not be read nobody knows which of its parts are still there.
    if (signature !== 'gone') lookouts.retain(wanted);
    const news = signature !== lastRead() && signature !== announced;
    announced = signature === lastRead() ? undefined : signature;
    if (news) onChange();
  };
  const check = async () => {
    clearTimeout(pending);
    pending = undefined;
    missed = true;
    if (checking) return;
    checking = true;
    try {
      while (missed && !disposed) {
        missed = false;
        await lookOnce();
      }
    } finally {
      checking = false;
    }
  };

  const poll = setInterval(check, pollMs);
  void check();
  return {
    [Symbol.dispose]() {
      disposed = true;
      clearTimeout(pending);
      clearInterval(poll);
      lookouts[Symbol.dispose]();
    },
  };
}
