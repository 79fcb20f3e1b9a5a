import { analysedTables, compiledTables } from '@berth/core';
import type { NbTables, SbTables } from '@berth/ovn';
import { type Database, OvsdbFault, openDatabase, type Replica, type TlsOptions } from '@berth/ovsdb';
import { EngineFault } from '../engine-fault.ts';
import type { South } from './fence.ts';

/** Where the databases of an OVN are: remotes such as `unix:/run/ovn/ovnnb_db.sock`, several of a cluster with commas between. */
export type OvnRemotes = {
  readonly nb: string;
  readonly sb: string;
  /** For `ssl:` remotes. */
  readonly tls?: TlsOptions | undefined;
};

/** An OVN that is connected: the databases to write, and replicas of what is read of them. */
export type Ovn = AsyncDisposable & {
  readonly nb: Database<NbTables>;
  /** Written to only where a chassis is dead or a neighbour has moved. */
  readonly sb: Database<SbTables>;
  readonly northbound: Replica<NbTables>;
  readonly southbound: Replica<SbTables>;
};

/** A controller that is needed again as soon as its database is back looks often. */
const reconnect = { minDelayMs: 100, maxDelayMs: 1_000 };

/** NB tables that must be there: what we write, and NB_Global for the fence. Others that decide about packets are read where they are. */
const nbTables = [...compiledTables, 'NB_Global'];

/**
 * Connects to NB and SB and loads what the engine reads. Of a clustered NB the leader is used, as it is written to all the time; SB
 * is mostly read, for which any member will do. Throws {@link EngineFault} `not-ovn` when a remote serves
 * something else, and the OvsdbFault of the connection when one cannot be reached.
 */
export async function connectOvn({ nb, sb, tls }: OvnRemotes, signal?: AbortSignal): Promise<Ovn> {
  await using stack = new AsyncDisposableStack();
  const northDatabase = stack.use(await open<NbTables>(nb, 'OVN_Northbound', true, tls, signal));
  const southDatabase = stack.use(await open<SbTables>(sb, 'OVN_Southbound', false, tls, signal));
  requireTables(northDatabase, nb, nbTables);
  const northbound = await northDatabase.monitor({
    tables: Object.fromEntries(tablesToRead(northDatabase).map((table) => [table, 'all'])),
  });
  const southbound = await southDatabase.monitor({
    tables: {
      Chassis: ['name', 'hostname', 'other_config', 'external_ids'],
      Chassis_Private: ['name', 'nb_cfg'],
      MAC_Binding: ['ip', 'logical_port', 'mac'],
      Port_Binding: ['logical_port', 'type', 'chassis'],
      SB_Global: ['external_ids', 'nb_cfg'],
    },
  });
  const held = stack.move();
  return {
    nb: northDatabase,
    sb: southDatabase,
    northbound: northbound as unknown as Replica<NbTables>,
    southbound: southbound as unknown as Replica<SbTables>,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** SB as a fence takes it. */
export function southOf({ sb, southbound }: Pick<Ovn, 'sb' | 'southbound'>): South {
  return { database: sb, replica: southbound as unknown as South['replica'] };
}

async function open<T extends NbTables | SbTables>(
  remote: string,
  database: string,
  leaderOnly: boolean,
  tls: TlsOptions | undefined,
  signal: AbortSignal | undefined,
): Promise<Database<T>> {
  try {
    return await openDatabase<T>({
      remotes: remote.split(','),
      database,
      leaderOnly,
      reconnect,
      ...(tls && { tls }),
      ...(signal && { signal }),
    });
  } catch (cause) {
    if (cause instanceof OvsdbFault && cause.code === 'unknown-database') {
      throw new EngineFault(
        'not-ovn',
        `${remote} does not serve the database ${database}: is it the right socket?`,
        { cause },
      );
    }
    throw cause;
  }
}

function tablesToRead({ schema }: Pick<Database<NbTables>, 'schema'>): readonly string[] {
  const known = new Set([...nbTables, ...analysedTables.nb]);
  return [...known].filter((table) => table in schema.tables);
}

function requireTables(database: Database<NbTables>, remote: string, tables: readonly string[]): void {
  const missing = tables.filter((table) => !(table in database.schema.tables));
  if (missing.length === 0) return;
  throw new EngineFault(
    'not-ovn',
    `${remote}: ${database.name} has no table ${missing.join(', ')}: its schema is too old or not OVN's`,
  );
}
