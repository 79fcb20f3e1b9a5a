import type { Host } from '@berth/node';
import type { AgentSettings } from './flags.ts';
import type { AgentPlace } from './place.ts';
import type { Report } from './report.ts';

/** What an agent runs with. */
export type RunOptions = Pick<AgentSettings, 'instance'> & {
  /** Closed when the run ends. */
  readonly place: AgentPlace;
  readonly host: Host;
  readonly report: Report;
  /** File of what is remembered of the node from one process to the next. */
  readonly memoryFile: string;
  /** Where berth-cni finds this agent, if it attaches pods. */
  readonly cniSocket?: string | undefined;
  /** The time now, RFC 3339. */
  now(): string;
  /** Ends the run. */
  readonly signal: AbortSignal;
  /** Called after each pass that came to its end. */
  onPass?(): void;
};
