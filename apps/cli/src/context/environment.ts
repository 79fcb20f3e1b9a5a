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
  /** As a plugin of kubectl we work on kubectl's cluster: a lab of this machine counts only when it is named. */
  readonly asPlugin: boolean;
};

/** Reads the environment. An empty variable counts as not set. `calledAs` is the file that was started. */
export function readEnvironment(variables: NodeJS.ProcessEnv, calledAs = ''): Environment {
  const stateHome = variables['XDG_STATE_HOME'];
  return {
    lab: variables['BERTH_LAB'] || undefined,
    stateHome: stateHome && path.isAbsolute(stateHome) ? stateHome : path.join(homedir(), '.local', 'state'),
    noColor: Boolean(variables['NO_COLOR']),
    asPlugin: path.basename(calledAs).startsWith('kubectl-'),
  };
}
