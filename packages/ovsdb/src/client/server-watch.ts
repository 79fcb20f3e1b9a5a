import { Follower } from '../replica/follower.ts';
import { OvsdbFault } from '../value/fault.ts';
import type { Json } from '../value/json.ts';
import type { Row } from '../value/value.ts';
import { requestSchema } from './get-schema.ts';
import { refusalWord } from './request-fault.ts';
import type { Session } from './session.ts';
import { startMonitor } from './start-monitor.ts';

/** What makes a server fit for use. */
export type ServerDemand = {
  readonly database: string;
  /** In a cluster, only its leader will do. */
  readonly leaderOnly: boolean;
};

const serverDatabase = '_Server';
const monitorId = 'server';
const wanted = ['name', 'model', 'connected', 'leader', 'cid', 'index'];

/**
 * Judges servers by what they say of themselves in the `_Server` database (ovsdb-server(7) section 2.1), at the beginning of a session and at
 * each later change. Over the sessions it remembers how far each cluster's log was seen, so that no server takes the client back in time.
 */
export class ServerWatch {
  readonly #demand: ServerDemand;
  readonly #newestIndex = new Map<string, number>();
  #follower: Follower | undefined;

  constructor(demand: ServerDemand) {
    this.#demand = demand;
  }

  /**
   * Looks at the server of a new session. Rejects with `OvsdbFault` `not-leader`, `cluster-cut-off` or `stale-server` when it will not do.
   * A server without the `_Server` database (before Open vSwitch 2.9) is taken as it is.
   */
  async admit(session: Session): Promise<void> {
    this.#follower = undefined;
    try {
      const schema = await requestSchema(session, serverDatabase);
      const columns = wanted.filter((column) => schema.tables['Database']?.columns[column] !== undefined);
      const follower = new Follower({
        id: monitorId,
        selection: { Database: { columns, whereAny: [['name', '==', this.#demand.database]] } },
        indexes: {},
      });
      await startMonitor(session.request.bind(session), follower, schema);
      this.#follower = follower;
    } catch (error) {
      if (error instanceof OvsdbFault && error.code === 'unknown-database') return;
      if (refusalWord(error) === 'unknown method') return;
      throw error;
    }
    const fault = this.#judge();
    if (fault !== undefined) throw fault;
  }

  /** Takes a notification if it is about the server; returns the fault that makes the server unfit from now on. */
  accept(method: string, params: readonly Json[]): { readonly unfit: OvsdbFault | undefined } | undefined {
    if (params[0] !== monitorId || this.#follower?.notification !== method) return undefined;
    this.#follower.acceptUpdate(params);
    return { unfit: this.#judge() };
  }

  #judge(): OvsdbFault | undefined {
    const [row] = this.#follower?.snapshot?.table('Database') ?? [];
    if (row === undefined || row['model'] === 'standalone') return undefined;
    if (row['connected'] === false) {
      return unfit('cluster-cut-off', 'the server is not connected to its cluster');
    }
    if (row['model'] !== 'clustered') return undefined;
    if (this.#demand.leaderOnly && row['leader'] === false) {
      return unfit('not-leader', 'the server is not the leader of its cluster');
    }
    return this.#judgeAge(row);
  }

  #judgeAge({ cid, index }: Row): OvsdbFault | undefined {
    if (typeof index !== 'number') return undefined;
    const cluster = String(cid);
    const newest = this.#newestIndex.get(cluster) ?? 0;
    this.#newestIndex.set(cluster, Math.max(newest, index));
    if (index >= newest) return undefined;
    return unfit('stale-server', `the server's log ends at ${index}, but ${newest} was seen before`);
  }
}

function unfit(code: 'not-leader' | 'cluster-cut-off' | 'stale-server', message: string): OvsdbFault {
  return new OvsdbFault(code, message, { retry: 'backoff' });
}
