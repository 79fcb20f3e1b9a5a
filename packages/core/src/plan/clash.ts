import { formatRef, isRuleKind } from '@berth/api';
import { nbSchema, ovsSchema } from '@berth/ovn';
import { isMap, isSet, type Row, type Value } from '@berth/ovsdb/value';
import { referenceColumns, spokenKey } from '../compile/key.ts';
import type { DesiredRow } from '../compile/row.ts';
import type { Finding } from '../finding/finding.ts';
import { shortened } from '../finding/list.ts';
import { finding } from '../finding/make.ts';
import type { InterruptedFlow } from './change.ts';
import { mapEntry } from './map-entry.ts';
import { type ObservedRow, ownerOf, type PlannedDatabase } from './observed.ts';
import { sameMeaning } from './spelling.ts';
import { mayBeUsed } from './used-port.ts';

/** What is in the way of a row: the finding about it, and in short which row it is and whose. */
export type Clash = { readonly finding: Finding; readonly brief: string };

type Clashing = {
  readonly db: PlannedDatabase;
  /** Traffic that taking the row over would interrupt: `adopt` leaves it for that. */
  readonly flows?: readonly InterruptedFlow[] | undefined;
};

/** A row that is not ours in the place of one of ours: what it is, whose, how it differs, and how to get it out of the way. */
export function clash(desired: DesiredRow, { row, table }: ObservedRow, { db, flows }: Clashing): Clash {
  const owner = ownerOf(row);
  const key = spokenKey(desired.key);
  const brief = `the ${table} row ${key} (${row._uuid}) ${whose(row, owner)}`;
  const what = contentOf(desired, row);
  const columns = columnsOf(desired).filter((name) => !sameMeaning(name, row[name], desired.columns[name]));
  return {
    brief,
    finding: finding('row-clash', {
      object: desired.cause,
      field: desired.origins[0]?.field,
      message: [brief, what, ...(flows ? [leftText(flows)] : [])].filter(Boolean).join(': '),
      cure: flows
        ? leftCure
        : owner === undefined
          ? cureOf(desired, row, db)
          : 'let one of the two instances go',
      rows: [{ db, table, uuid: row._uuid, columns }],
    }),
  };
}

/** Why an adoption leaves a row, whoever asks. */
function leftText(flows: readonly InterruptedFlow[]): string {
  const told = flows.map(({ object, externalIp, effect }) =>
    [[formatRef(object), externalIp].filter(Boolean).join(' '), effect].join(', '),
  );
  return `it stays, as taking it over would interrupt traffic: ${shortened([...new Set(told)], named).join('; ')}`;
}

const leftCure =
  'have object and row say the same and adopt again, or choose the moment and take it over with berth apply --adopt or the --adopt of the controller';

/** The same for what would be held by a row that clashes, if it is told: it waits for that one, or went with it where that was given back. */
export function waitsFor(
  { cause }: DesiredRow,
  { brief, finding: { code, cure, object, rows } }: Clash,
): readonly Finding[] {
  // Ports of workloads are too many, and their subnet says it.
  if (!isRuleKind(cause.kind)) return [];
  const related = object ? [object] : [];
  const what = code === 'given-back' ? `${formatRef(cause)} went with it:` : 'it waits because';
  return [finding(code, { object: cause, message: `${what} ${brief}`, cure, related, rows })];
}

/** How to make a row of nobody ours: words that hold in a folder and in a cluster, and beside a controller, which keeps others from writing. */
export const adoptCure =
  'take it over: berth adopt (-f DIR or --kube) shows what that changes, and with --yes does it while no controller of Berth is at work, unless that interrupts traffic';

/** What to do about a row of nobody. It is to be removed only where nothing is lost with it. */
function cureOf(desired: DesiredRow, row: Row, db: PlannedDatabase): string {
  const held = heldText(desired.table, row, db);
  const command = removalOf(desired, row);
  const removal = `remove it${command === undefined ? '' : ` (${command})`}`;
  if (db === 'OVS')
    return `${removal} if nobody needs it${held === undefined ? '' : ` or what it has: ${held}`}`;
  // Without its port a workload is cut off, and a router port carries what its router forwards.
  if (mayBeUsed(desired.table, row) || desired.table === 'Logical_Router_Port') return adoptCure;
  if (held === undefined) return `${adoptCure}, or ${removal}`;
  return `${adoptCure}; do not remove it, as that takes along what it has: ${held}`;
}

/**
 * What goes with a row, by the columns that hold it: `nat (2), ports (3)`; undefined where that is nothing. A row goes with the last one that
 * refers to it strongly, unless its table is a root (RFC 7047 section 3.2): a load balancer stays when its router goes.
 */
function heldText(table: string, row: Row, db: PlannedDatabase): string | undefined {
  const { tables } = db === 'NB' ? nbSchema : ovsSchema;
  const columns = Object.entries(tables[table]?.columns ?? {}).flatMap(([name, { type }]) => {
    const { refTable = '', refType } = type.key;
    const value = row[name];
    const isHolder = refType === 'strong' && tables[refTable]?.isRoot === false;
    return isHolder && isSet(value) && value.size > 0 ? [`${name} (${value.size})`] : [];
  });
  return columns.length === 0 ? undefined : columns.toSorted().join(', ');
}

/** Who made a row, as far as it says so itself. */
export function whose(row: Row, owner: string | undefined): string {
  if (owner !== undefined) return `belongs to the Berth instance ${owner}`;
  const ids = row['external_ids'];
  const keys = isMap(ids) ? [...ids.keys()].map(String) : [];
  const vendor = mapEntry(ids, 'vendor');
  if (vendor !== undefined) return `was made by ${vendor} and not by Berth`;
  if (keys.some((key) => key.startsWith('neutron:'))) return 'was made by OpenStack Neutron and not by Berth';
  if (keys.some((key) => key.startsWith('k8s.ovn.org/')))
    return 'was made by OVN-Kubernetes and not by Berth';
  return 'was not made by Berth';
}

/** How many columns are named: more would not be a line. */
const named = 6;

/** What a row says in the columns that we would write: those that differ, with what is asked for, then the others. */
function contentOf(desired: DesiredRow, row: Row): string {
  const { columns, key } = desired;
  const names = columnsOf(desired);
  const isSame = (name: string): boolean => sameMeaning(name, row[name], columns[name]);
  const differing = names
    .filter((name) => !isSame(name))
    .flatMap((name) => differences(name, row[name], columns[name]));
  const equal = names
    .filter((name) => isSame(name) && text(row[name]) !== none && !key.includes(text(row[name])))
    .map((name) => `${name}=${text(row[name])}`);
  const all = [...differing, ...equal];
  return shortened(all, named).join(', ');
}

/** The columns that we would write, but for marks and for what leads to other rows. */
function columnsOf({ table, columns }: DesiredRow): readonly string[] {
  const references = referenceColumns[table] ?? {};
  return Object.keys(columns)
    .filter((name) => name !== 'external_ids' && !(name in references))
    .toSorted();
}

/** A column that differs; of a map the keys that do. */
function differences(name: string, is: Value, wanted: Value): readonly string[] {
  // Nobody asks for a priority: it says the place in an order, which follows whoever serves, also by a row that is in the way.
  if (name === 'priority') return [`${name}=${text(is)}`];
  if (!isMap(is) || !isMap(wanted)) return [`${name}=${text(is)} (asked for: ${text(wanted)})`];
  const keys = [...new Set([...is.keys(), ...wanted.keys()])].filter(
    (key) => is.get(key) !== wanted.get(key),
  );
  return keys.map((key) => `${name}:${key}=${text(is.get(key))} (asked for: ${text(wanted.get(key))})`);
}

const none = 'none';

function text(value: Value): string {
  const whole = isMap(value)
    ? [...value].map(([key, each]) => `${key}:${each}`).join(' ')
    : isSet(value)
      ? [...value].join(' ')
      : String(value ?? '');
  if (whole === '') return none;
  return whole.length > 60 ? `${whole.slice(0, 57)}...` : whole;
}

/** The command that removes a member of a gateway group; its name is that of the router port and of the chassis. */
export function removalOfMember({ name, chassis_name: chassis, _uuid: uuid }: Row, port = 'PORT'): string {
  const end = `-${chassis}`;
  return String(name).endsWith(end)
    ? `ovn-nbctl lrp-del-gateway-chassis ${String(name).slice(0, -end.length)} ${chassis}`
    : `ovn-nbctl remove Logical_Router_Port ${port} gateway_chassis ${uuid}`;
}

/** The command that removes a row, as ovn-nbctl(8) and ovs-vsctl(8) have it; undefined where there is none for it. */
export function removalOf(
  { table, key: [first = ''] }: Pick<DesiredRow, 'table' | 'key'>,
  row: Row,
): string | undefined {
  const { _uuid: uuid } = row;
  switch (table) {
    case 'Logical_Router':
      return `ovn-nbctl lr-del ${uuid}`;
    case 'Logical_Switch':
      return `ovn-nbctl ls-del ${uuid}`;
    case 'Logical_Router_Port':
      return `ovn-nbctl lrp-del ${uuid}`;
    case 'Logical_Switch_Port':
      return `ovn-nbctl lsp-del ${uuid}`;
    case 'Load_Balancer':
      return `ovn-nbctl lb-del ${uuid}`;
    case 'NAT':
      return `ovn-nbctl lr-nat-del ${first} ${row['type']} ${row['type'] === 'snat' ? row['logical_ip'] : row['external_ip']}`;
    case 'Logical_Router_Static_Route':
      return `ovn-nbctl lr-route-del ${first} ${row['ip_prefix']} ${row['nexthop']}`;
    case 'Logical_Router_Policy':
      return `ovn-nbctl lr-policy-del ${first} ${uuid}`;
    case 'Gateway_Chassis':
      return removalOfMember(row);
    case 'BFD':
      return `ovn-nbctl destroy BFD ${uuid}`;
    case 'Bridge':
      return `ovs-vsctl del-br ${first}`;
    case 'Port':
      return `ovs-vsctl del-port ${first}`;
    default:
      return undefined;
  }
}
