import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';
import type { DatabaseSchema } from '../schema/database-schema.ts';
import type { Snapshot } from '../value/snapshot.ts';
import { type RowsByTable, snapshotOf } from '../value/snapshot-of.ts';
import type { Tables } from '../value/value.ts';
import type { Dial } from '../wire/transport.ts';
import { MemoryDatabase } from './memory-database.ts';
import { MemoryLocks } from './memory-locks.ts';
import { MemorySession } from './memory-session.ts';

export type MemoryServerOptions<T extends Tables = Tables> = {
  readonly schema: DatabaseSchema;
  /** What it begins with. */
  readonly rows?: RowsByTable<T>;
  /** True for a server that knows transaction ids, as a clustered one does; default false. */
  readonly clustered?: boolean;
};

/**
 * A server in this process that speaks OVSDB's protocol and makes the same checks at commit as ovsdb-server. `_version` of rows and the `_Server` database are
 * not there; nothing is stored.
 */
export type MemoryServer<T extends Tables = Tables> = AsyncDisposable & {
  readonly database: string;
  /** For `openDatabase({ remotes: [server.remote], dial: server.dial, … })`: connects within the process. */
  readonly remote: string;
  readonly dial: Dial;
  /** The contents now. */
  snapshot(): Snapshot<T>;
  /** Serves a unix socket too. */
  listen(path: string): Promise<void>;
  /** Cuts all connections; new ones are let in. */
  disconnect(): void;
  stop(): Promise<void>;
};

/** Starts an in-memory server. Throws `OvsdbFault` `unknown-table-or-column` for rows that do not fit the schema. */
export function startMemoryServer<T extends Tables = Tables>(
  options: MemoryServerOptions<T>,
): MemoryServer<T> {
  const contents = snapshotOf<T>(options.schema, options.rows ?? {});
  const database = new MemoryDatabase(contents, options.clustered ?? false);
  const locks = new MemoryLocks();
  const sessions = new Set<MemorySession>();
  const listeners: Server[] = [];
  const serve = (stream: Duplex): void => {
    const session = new MemorySession(stream, database, locks);
    sessions.add(session);
    stream.once('close', () => sessions.delete(session));
  };
  const disconnect = (): void => {
    for (const session of [...sessions]) session.end();
  };
  const stop = async (): Promise<void> => {
    disconnect();
    await Promise.all(
      listeners.splice(0).map(async (listener) => {
        listener.close();
        await once(listener, 'close');
      }),
    );
  };
  return {
    database: options.schema.name,
    remote: 'unix:memory',
    dial: async () => {
      const [ours, theirs] = duplexPair();
      ours.once('close', () => theirs.destroy());
      theirs.once('close', () => ours.destroy());
      serve(theirs);
      return ours;
    },
    // The contents keep the type that the opener gave its rows.
    snapshot: () => database.snapshot as Snapshot<T>,
    listen: async (path) => {
      const listener = createServer(serve).listen(path);
      listeners.push(listener);
      await once(listener, 'listening');
    },
    disconnect,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
