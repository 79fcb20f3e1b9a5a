import { type Database, OvsdbFault, openDatabase, type TlsOptions } from '@berth/ovsdb';
import type { Snapshot, Tables } from '@berth/ovsdb/value';
import { CliFault } from './cli-fault.ts';
import { reasonOf } from './connect.ts';
import { type DatabaseKey, databases, requireSchema } from './database-source.ts';

export type RemoteOptions = {
  readonly tls: TlsOptions | undefined;
  /** For all of it: connecting and loading. */
  readonly timeoutMs: number;
  /** Tables that are left where they are. */
  readonly without: readonly string[];
  readonly signal: AbortSignal;
};

/**
 * Loads a database from its server once. Throws CliFault `cannot-tell` for a server that cannot be reached, does not answer in
 * time or serves something else, `usage` for a remote that is none, `bad-input` for another schema.
 */
export async function loadRemote<T extends Tables>(
  key: DatabaseKey,
  remote: string,
  { tls, timeoutMs, without, signal }: RemoteOptions,
): Promise<Snapshot<T>> {
  const { short, name } = databases[key];
  const remotes = remote.split(',');
  const timeout = AbortSignal.timeout(timeoutMs);
  let database: Database<T> | undefined;
  try {
    database = await openDatabase<T>({
      remotes,
      database: name,
      // Of several only the one that leads knows what the cluster has agreed on; a single one is what the user has.
      leaderOnly: remotes.length > 1,
      connectTimeoutMs: timeoutMs,
      ...(tls && { tls }),
      signal: AbortSignal.any([signal, timeout]),
    });
    requireSchema(key, remote, database.schema);
    const untyped: Database = database as unknown as Database;
    const tables = Object.keys(database.schema.tables).filter((table) => !without.includes(table));
    const selection = Object.fromEntries(tables.map((table) => [table, 'all' as const]));
    const loading = untyped.monitor({ tables: selection });
    const replica = await Promise.race([loading, rejection(signal), rejection(timeout)]);
    // What was asked for by name is what `T` says: every table but those that nothing reads.
    return replica.snapshot() as unknown as Snapshot<T>;
  } catch (fault) {
    if (signal.aborted) throw fault;
    if (timeout.aborted) {
      const seconds = timeoutMs / 1000;
      const cure = 'is its server stuck? --timeout waits longer';
      throw new CliFault('cannot-tell', `${short} ${remote} did not answer within ${seconds} s`, cure, {
        retry: 'backoff',
        cause: fault,
      });
    }
    throw explained(`${short} ${remote}`, name, fault);
  } finally {
    await database?.close();
  }
}

/** Rejects when a signal is aborted. */
function rejection(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  if (signal.aborted) reject(signal.reason);
  else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  return promise;
}

function explained(who: string, name: string, fault: unknown): unknown {
  if (!(fault instanceof OvsdbFault)) return fault;
  const told = (cure: string) =>
    new CliFault('cannot-tell', `${who}: ${reasonOf(fault).replace(/^\S+: /, '')}`, cure, {
      retry: 'backoff',
      cause: fault,
    });
  switch (fault.code) {
    case 'bad-remote':
      return new CliFault('usage', fault.message, 'a saved database is named by its path', { cause: fault });
    case 'bad-credentials':
      return new CliFault('bad-input', fault.message, 'see --private-key, --certificate and --ca-cert');
    case 'unknown-database':
      return new CliFault('cannot-tell', `${who} does not serve ${name}`, 'is it the right server?');
    case 'bad-certificate':
    case 'certificate-refused':
      return told('see --private-key, --certificate and --ca-cert');
    case 'not-leader':
    case 'cluster-cut-off':
      return told('has the cluster lost its majority? A saved file of a member can be read all the same');
    default:
      return told('is ovsdb-server running there?');
  }
}
