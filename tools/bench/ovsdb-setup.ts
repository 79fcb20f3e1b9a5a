import { type Database, type Operation, openDatabase } from '@berth/ovsdb';
import { type OvsdbServer, startOvsdbServer } from '@berth/ovsdb/testing';

/** A northbound database with NAT rows as floating IPs have them. */
export type LoadedServer = AsyncDisposable & { readonly server: OvsdbServer; readonly db: Database };

const database = 'OVN_Northbound';
const rowsPerTransaction = 1_000;

/** Starts a server and fills it: `count` NAT rows over `routers` routers. */
export async function startLoaded(count: number, routers: number, clustered: boolean): Promise<LoadedServer> {
  const server = await startOvsdbServer({ schema: 'nb', clustered });
  const db = await openDatabase({ remotes: [server.remote], database });
  const stop = async (): Promise<void> => {
    await db.close();
    await server.stop();
  };
  try {
    await db.transact(
      Array.from(
        { length: routers },
        (_, place) =>
          ({
            op: 'insert',
            table: 'Logical_Router',
            row: { name: routerName(place) },
          }) as const,
      ),
    );
    for (let from = 0; from < count; from += rowsPerTransaction) {
      const places = Array.from(
        { length: Math.min(rowsPerTransaction, count - from) },
        (_, place) => from + place,
      );
      await db.transact(insertsOf(places, routers));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { server, db, [Symbol.asyncDispose]: stop };
}

export function routerName(place: number): string {
  return `router-${place}`;
}

/** One NAT row as an insert, named `n<place>`. */
export function natInsert(place: number): Operation {
  const octets = `${(place >> 16) & 255}.${(place >> 8) & 255}.${place & 255}`;
  return {
    op: 'insert',
    table: 'NAT',
    uuidName: `n${place}`,
    row: {
      type: 'dnat_and_snat',
      external_ip: `10.${octets}`,
      logical_ip: `172.${octets}`,
      external_mac: `02:00:00:${[16, 8, 0].map((bits) => ((place >> bits) & 255).toString(16).padStart(2, '0')).join(':')}`,
      logical_port: `pod-${place}.namespace`,
      options: new Map([['stateless', 'false']]),
      external_ids: new Map([
        ['owner', 'default'],
        ['origin', `ovn-fip/fip-${place}`],
      ]),
    },
  };
}

/** The rows, and the change of each router that takes them in. */
function insertsOf(places: readonly number[], routers: number): readonly Operation[] {
  const byRouter = Map.groupBy(places, (place) => place % routers);
  return [
    ...places.map(natInsert),
    ...[...byRouter].map(
      ([router, own]): Operation => ({
        op: 'mutate',
        table: 'Logical_Router',
        where: [['name', '==', routerName(router)]],
        mutations: [['nat', 'insert', new Set(own.map((place) => `n${place}`))]],
      }),
    ),
  ];
}
