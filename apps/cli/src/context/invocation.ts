import type { Options } from '../tree/options.ts';
import type { Environment } from './environment.ts';
import type { Terminal } from './terminal.ts';

/** One call of a command: what was typed, where, and how to answer. */
export type Invocation = {
  readonly words: readonly string[];
  readonly options: Options;
  readonly terminal: Terminal;
  readonly environment: Environment;
  /** Aborted by SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
};

/** What an OVN is asked with. */
export type Asking = Pick<Invocation, 'options' | 'environment' | 'signal'>;
