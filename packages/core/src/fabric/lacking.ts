import { originKey } from '@berth/api';
import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot, Uuid } from '@berth/ovsdb/value';
import { hasCarriedOut, rowChangeOf } from './row-change.ts';
import { rowsOf } from './tables.ts';

/** What a chassis that stands still has and has not of the rows that Berth wrote. */
export type Lacking = {
  /** By object, as `formatRef` writes it: whether it has every row of it. Objects of which that is not told are left out. */
  readonly objects: ReadonlyMap<string, boolean>;
  /** Routers of which it lacks something, by name. */
  readonly routers: ReadonlySet<string>;
  /** Routers that have a workload on it, by name. */
  readonly workloadsOf: ReadonlySet<string>;
};

/** Tables of rows that say when they changed last: what decides about the packets of an address. */
export const datedTables = [
  'NAT',
  'Load_Balancer',
  'Logical_Switch_Port',
  'Logical_Router_Port',
  'Logical_Router_Static_Route',
  'Logical_Router_Policy',
] as const;

/** What a chassis lacks that has carried out NB_Global `nb_cfg` as far as `done`. */
export function lackingOf(
  nb: Snapshot<NbTables>,
  sb: Snapshot<SbTables>,
  chassis: string,
  done: number,
): Lacking {
  const rows = datedTables.flatMap((table) =>
    [...rowsOf(nb, table)].flatMap((row) => datedRow(row, done) ?? []),
  );
  const lacked = new Set(rows.flatMap(({ uuid, has }) => (has === false ? [uuid] : [])));
  return {
    objects: byObject(rows),
    routers: lacked.size === 0 ? nothing : routersWith(nb, lacked),
    workloadsOf: routersOnto(nb, sb, chassis),
  };
}

type DatedRow = { readonly uuid: Uuid; readonly object: string; readonly has: boolean | undefined };

function datedRow(
  {
    _uuid: uuid,
    external_ids: ids,
  }: { readonly _uuid: Uuid; readonly external_ids: ReadonlyMap<string, string> },
  done: number,
): DatedRow | undefined {
  const [change, object] = [rowChangeOf(ids), ids.get(originKey)];
  return change && object !== undefined ? { uuid, object, has: hasCarriedOut(done, change) } : undefined;
}

/** Whether all rows of each object are there; left out where one is unclear and none is known to lack. */
function byObject(rows: readonly DatedRow[]): ReadonlyMap<string, boolean> {
  const objects = new Map<string, boolean | undefined>();
  for (const { object, has } of rows) {
    const known = objects.has(object) ? objects.get(object) : true;
    objects.set(object, known === false || has === false ? false : known && has);
  }
  return new Map(
    [...objects].flatMap(([object, has]) => (has === undefined ? [] : [[object, has] as const])),
  );
}

const nothing: ReadonlySet<string> = new Set();

const heldBy = ['nat', 'load_balancer', 'ports', 'static_routes', 'policies'] as const;

function routersWith(nb: Snapshot<NbTables>, rows: ReadonlySet<Uuid>): ReadonlySet<string> {
  return new Set(
    [...rowsOf(nb, 'Logical_Router')]
      .filter((router) => heldBy.some((column) => [...(router[column] ?? [])].some((uuid) => rows.has(uuid))))
      .map(({ name }) => name),
  );
}

/**
 * The routers of the switches that have a workload's port on a chassis. What is on the far side of a gateway port, as witnesses and the next
 * hops of nodes are, is not behind the router.
 */
function routersOnto(nb: Snapshot<NbTables>, sb: Snapshot<SbTables>, chassis: string): ReadonlySet<string> {
  const own = new Set(
    [...sb.table('Chassis')].filter(({ name }) => name === chassis).map(({ _uuid }) => _uuid),
  );
  const claimed = new Set(
    [...sb.table('Port_Binding')].flatMap(({ logical_port, type, chassis: by }) =>
      type === '' && by !== undefined && own.has(by) ? [logical_port] : [],
    ),
  );
  if (claimed.size === 0) return nothing;
  const routerOf = new Map(
    [...rowsOf(nb, 'Logical_Router')].flatMap(({ name, ports }) =>
      [...ports].flatMap((uuid) => {
        const port = nb.table('Logical_Router_Port').get(uuid);
        return port === undefined || isGatewayPort(port) ? [] : [[port.name, name] as const];
      }),
    ),
  );
  return new Set(
    [...rowsOf(nb, 'Logical_Switch')].flatMap(({ ports }) => {
      const rows = [...ports].flatMap((uuid) => nb.table('Logical_Switch_Port').get(uuid) ?? []);
      if (!rows.some(({ name }) => claimed.has(name))) return [];
      return rows.flatMap(({ options }) => routerOf.get(options.get('router-port') ?? '') ?? []);
    }),
  );
}

function isGatewayPort({
  gateway_chassis: members,
  ha_chassis_group: group,
}: NbTables['Logical_Router_Port']): boolean {
  return members.size > 0 || group !== undefined;
}
