import type { Finding } from '@berth/core';

/** Whoever attaches workloads beside the passes, and tells what keeps some from it. Passes never wait for it. */
export type Attaching = {
  /** What is told of pods now. */
  findings(): readonly Finding[];
  /** Calls back when something else is told, until disposed. */
  watch(onChange: () => void): Disposable;
};
