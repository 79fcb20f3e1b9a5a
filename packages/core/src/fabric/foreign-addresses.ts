import type { NbTables } from '@berth/ovn';
import { type Atom, isSet, type Snapshot, setChange, type Uuid, type Value } from '@berth/ovsdb/value';
import { perObject } from '../memo/per-object.ts';
import { following } from './following.ts';
import { type BySwitch, bySwitch, type ForeignAddresses, type Located } from './foreign-by-switch.ts';
import { type ForeignHolder, type HoldingRow, holdingTables, holdsForeign } from './foreign-holder.ts';

/** Others have no addresses. */
export const noForeignAddresses: ForeignAddresses = new Map();

/**
 * The addresses that rows of others have, by the name of the logical switch on which they are answered: ports of the switch, and of the routers that
 * have a port on it their ports there, and all that they translate and balance. It costs what changed since the snapshot before of the same database, and
 * is the very same while that is nothing of others.
 */
export const foreignAddressesOf = perObject(
  (nb: Snapshot<NbTables>): BySwitch => followed(nb.schema, nb, {}).answer,
);

/** What of a snapshot matters: rows and links go on from snapshot to snapshot. */
type Known = {
  readonly rows: Map<Uuid, Located>;
  readonly links: Map<Uuid, string>;
  readonly answer: BySwitch;
};

const followed = following(
  (): Known => ({ rows: new Map(), links: new Map(), answer: new Map() }),
  ({ rows, links, answer }, changed, nb: Snapshot<NbTables>): Known => {
    let isOther = false;
    for (const { table, changes } of changed) {
      if (!isHolding(table)) continue;
      for (const { uuid, after } of changes) {
        const row = after as HoldingRow | undefined;
        const wasForeign = rows.get(uuid)?.table === table && rows.delete(uuid);
        const isForeign = row !== undefined && holdsForeign(table, row);
        if (isForeign) rows.set(uuid, { table, row });
        const isLinked = relinked(links, table, uuid, row);
        isOther ||= wasForeign || isForeign || (isLinked && rows.size > 0);
      }
    }
    const isTracked = (uuid: Atom): boolean => rows.has(uuid as Uuid) || links.has(uuid as Uuid);
    isOther ||= rows.size > 0 && changed.some(({ table, changes }) => isMoved(table, changes, isTracked));
    return { rows, links, answer: isOther ? bySwitch(nb, rows, links) : answer };
  },
);

function isHolding(table: string): table is ForeignHolder['table'] {
  return holdingTables.some((each) => each === table);
}

/** Notes where a switch's port leads; whether that is another router port than before. */
function relinked(links: Map<Uuid, string>, table: string, uuid: Uuid, row: HoldingRow | undefined): boolean {
  if (table !== 'Logical_Switch_Port') return false;
  const [before, link] = [links.get(uuid), linkIn(table, row)];
  if (link === undefined) links.delete(uuid);
  else links.set(uuid, link);
  return before !== link;
}

function linkIn(table: string, row: HoldingRow | undefined): string | undefined {
  if (table !== 'Logical_Switch_Port' || row === undefined) return undefined;
  const { type, options } = row as NbTables['Logical_Switch_Port'];
  return type === 'router' ? options.get('router-port') : undefined;
}

type Holding = { readonly name: string } & { readonly [column: string]: Value };

/** The reference sets of switches and routers that hold what has addresses. */
const sets: Readonly<Record<string, readonly string[]>> = {
  Logical_Switch: ['ports'],
  Logical_Router: ['ports', 'nat', 'load_balancer'],
};

/** Whether a switch or a router holds another one of some rows than before, or has another name. */
export function isMoved(
  table: string,
  changes: readonly { readonly before?: object | undefined; readonly after?: object | undefined }[],
  isTracked: (uuid: Atom) => boolean,
): boolean {
  const columns = sets[table] ?? [];
  if (columns.length === 0) return false;
  return changes.some(({ before, after }) => {
    const [was, is] = [before as Holding | undefined, after as Holding | undefined];
    // A port of a router that comes or goes brings its addresses to another switch.
    if (was?.name !== is?.name || (table === 'Logical_Router' && sizeOf(was) !== sizeOf(is))) return true;
    return columns.some((name) => {
      const { added, removed } = setChange(setIn(was, name), setIn(is, name));
      return added.some(isTracked) || removed.some(isTracked);
    });
  });
}

function sizeOf(router: Holding | undefined): number {
  return setIn(router, 'ports').size;
}

const nothing: ReadonlySet<Atom> = new Set();

function setIn(row: Holding | undefined, column: string): ReadonlySet<Atom> {
  const value = row?.[column];
  return value !== undefined && isSet(value) ? value : nothing;
}
