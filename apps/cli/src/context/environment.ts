import { homedir } from 'node:os';
import path from 'node:path';

/** What the environment says. Nothing else in the command line reads it. */
export type Environment = {
  /** `BERTH_LAB`. */
  readonly lab: string | undefined;
  /** `XDG_STATE_HOME`, or what stands for it where it is not set (XDG Base Directory Specification). */
  readonly stateHome: string;
  /** `NO_COLOR` is set and not empty (no-color.org). */
  readonly noColor: boolean;
};

/** Reads the environment. An empty variable counts as not set. */
export function readEnvironment(variables: NodeJS.ProcessEnv): Environment {
  const stateHome = variables['XDG_STATE_HOME'];
  return {
    lab: variables['BERTH_LAB'] || undefined,
    stateHome: stateHome && path.isAbsolute(stateHome) ? stateHome : path.join(homedir(), '.local', 'state'),
    noColor: Boolean(variables['NO_COLOR']),
  };
}
