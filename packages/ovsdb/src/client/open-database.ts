import type { Tables } from '../value/value.ts';
import { parseRemote } from '../wire/remote.ts';
import type { TlsOptions } from '../wire/tls-options.ts';
import { type Dial, socketDial } from '../wire/transport.ts';
import type { BackoffOptions } from './backoff.ts';
import { Database } from './database.ts';

/** How to reach a database. */
export type OpenOptions = {
  /** Tried in order, each `unix:PATH`, `tcp:HOST:PORT` or `ssl:HOST:PORT` (IPv6 in brackets). */
  readonly remotes: readonly string[];
  /** For `ssl:` remotes. */
  readonly tls?: TlsOptions;
  /** Such as `OVN_Northbound`. */
  readonly database: string;
  /** In a cluster, use its leader only (default true), so that reads are of what the cluster has agreed on. False spreads load over followers. */
  readonly leaderOnly?: boolean;
  /** For the connection alone, TLS included; the time that a large database takes to load does not count. Default 5000. */
  readonly connectTimeoutMs?: number;
  /** How long the server may be silent while it gathers contents for a replica; any byte starts it anew. Default 300000. */
  readonly loadTimeoutMs?: number;
  /** Silence after which the server is asked for a sign of life, and the time it has to give one; 0 never asks. Default 10000. */
  readonly inactivityProbeMs?: number;
  /** A larger message ends the connection. Default 256 MiB. */
  readonly maxMessageBytes?: number;
  /** Pauses before connecting again. Default 100 ms, doubled up to 8 s. */
  readonly reconnect?: BackoffOptions;
  /** Opens the byte streams, instead of sockets; `tls` is of no effect then. */
  readonly dial?: Dial;
  /** Gives up opening. Of no effect once the database is open. */
  readonly signal?: AbortSignal;
};

/**
 * Connects, reads the schema and returns the database; afterwards it connects again by itself whenever the connection breaks.
 * `T` is what the caller knows of the rows (such as `NbTables`); it is not checked against the server's schema.
 * Rejects with `OvsdbFault` `bad-remote`, `connect-failed`, `connect-timeout`, `unknown-database`, `aborted`, one of those of TLS
 * (`bad-certificate`, `certificate-refused`, `bad-credentials`), or one of those of clusters (`not-leader`, `cluster-cut-off`).
 */
export async function openDatabase<T extends Tables = Tables>(options: OpenOptions): Promise<Database<T>> {
  const database = new Database<T>(options.database, {
    remotes: options.remotes.map(parseRemote),
    dial: options.dial ?? socketDial(options.tls),
    leaderOnly: options.leaderOnly ?? true,
    loadTimeoutMs: options.loadTimeoutMs ?? 300_000,
    connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
    inactivityProbeMs: options.inactivityProbeMs ?? 10_000,
    maxMessageBytes: options.maxMessageBytes ?? 256 * 1024 * 1024,
    reconnect: options.reconnect ?? { minDelayMs: 100, maxDelayMs: 8_000 },
  });
  await database.open(options.signal);
  return database;
}
