import { parseInterfaceAddress, parseIp } from '@berth/net';
import { isSet, type Row, type Snapshot, type Value } from '@berth/ovsdb/value';
import type { Change } from './change.ts';
import { mapEntry } from './map-entry.ts';
import type { PlanInput } from './match.ts';
import { mayBeUsed, switchPortTable } from './used-port.ts';

/**
 * Whether nobody has a switch's port: it is a workload's, and northd says that no chassis has it up (ovn-nb(5), Logical_Switch_Port up).
 * Of one of which nothing is said somebody may have it.
 */
export function isUnusedPort({ table, uuid }: Change, before: Snapshot): boolean {
  const row = table === switchPortTable ? before.table(table).get(uuid) : undefined;
  return row?.['type'] === '' && !mayBeUsed(table, row);
}

/**
 * What users notice of a switch's port to a router that goes by its router port (`addresses` is `router`, ovn-nb(5)) and had addresses of
 * its own before: OVN delivers to the router's MAC either way, and the router answers for its own addresses itself. The others are
 * answered by nobody any more. Undefined for any other change.
 */
export function routerPortEffects(
  { table, uuid, columns }: Change,
  before: Snapshot,
): readonly string[] | undefined {
  const { addresses, type, options } = columns;
  const row = table === switchPortTable && addresses ? before.table(table).get(uuid) : undefined;
  if (row?.['type'] !== 'router' || type || !isRouter(addresses?.new)) return undefined;
  if (options && routerPortIn(options.old) !== routerPortIn(options.new)) return undefined;
  const own = new Set(addressesOf(routerPortOf(row, before)));
  const others = ipsIn(row['addresses']).filter((ip) => !own.has(ip));
  return others.map((ip) => `nobody answers for ${ip} any more: what uses it as its way out loses it`);
}

/** The router port that a switch's port leads to; undefined where there is none. */
export function routerPortOf({ options }: Row, nb: Snapshot): Row | undefined {
  const name = routerPortIn(options);
  if (typeof name !== 'string') return undefined;
  const [port] = nb.table('Logical_Router_Port').find({ name });
  return port;
}

/**
 * What users notice of a port that comes to be bound to another chassis than the one that has it: OVN lets go of it where the workload is,
 * and nobody has it where it is not (ovn-nb(5), Logical_Switch_Port options:requested-chassis).
 */
export function unboundEffects(
  { table, uuid, columns: { options } }: Change,
  before: Snapshot,
  { claims, nodeNames }: Pick<PlanInput, 'claims' | 'nodeNames'>,
): readonly string[] {
  const name = table === switchPortTable && options ? before.table(table).get(uuid)?.['name'] : undefined;
  const has = typeof name === 'string' ? claims?.get(name) : undefined;
  const bound = options && requestedIn(options.new);
  if (has === undefined || bound === undefined || bound === has || bound === requestedIn(options?.old))
    return [];
  const nodeOf = (chassis: string): string => nodeNames?.get(chassis) ?? chassis;
  return [`it runs on ${nodeOf(has)} and would be bound to ${nodeOf(bound)}: its traffic stops`];
}

function requestedIn(options: Value): string | undefined {
  const chassis = mapEntry(options, 'requested-chassis');
  return typeof chassis === 'string' && chassis !== '' ? chassis : undefined;
}

function routerPortIn(options: Value): Value {
  return mapEntry(options, 'router-port');
}

function isRouter(addresses: Value): boolean {
  return isSet(addresses) && addresses.size === 1 && addresses.has('router');
}

/** The addresses of a router port itself. */
function addressesOf(port: Row | undefined): readonly string[] {
  const networks = port?.['networks'];
  if (!isSet(networks)) return [];
  return [...networks].flatMap((text) => parseInterfaceAddress(String(text))?.ip ?? []);
}

function ipsIn(addresses: Value): readonly string[] {
  if (!isSet(addresses)) return [];
  return [...addresses].flatMap((text) =>
    String(text)
      .split(/\s+/)
      .flatMap((word) => parseIp(word.split('/')[0] ?? '') ?? []),
  );
}
