import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import { CliFault } from './cli-fault.ts';

/**
 * Makes sure that SB is what northd made of NB, and tells what of NB it has not written yet, one sentence each. SB names
 * the router or switch of each of its datapaths (ovn-sb(5), Datapath_Binding external_ids). Throws CliFault `bad-input` for
 * databases of two OVNs, `cannot-tell` for an SB that northd has not filled and for
 * databases that are empty.
 */
export function requireSameOvn(nb: Snapshot<NbTables>, sb: Snapshot<SbTables>): readonly string[] {
  const wanted = new Map<string, string>();
  for (const { _uuid, name } of nb.table('Logical_Router')) wanted.set(_uuid, `router ${name}`);
  for (const { _uuid, name } of nb.table('Logical_Switch')) wanted.set(_uuid, `switch ${name}`);
  const present = datapathOwners(sb);
  if (wanted.size === 0 && present.size === 0 && sb.table('Chassis').size === 0) {
    throw new CliFault('cannot-tell', 'NB and SB are empty', 'name the databases of an OVN that is in use');
  }
  // Of a router that is disabled northd makes nothing.
  const off = new Set<string>(
    [...nb.table('Logical_Router')].filter(({ enabled }) => enabled === false).map(({ _uuid }) => _uuid),
  );
  const lacking = [...wanted]
    .filter(([uuid]) => !present.has(uuid) && !off.has(uuid))
    .map(([, what]) => what);
  if (lacking.length < wanted.size || (wanted.size === 0 && present.size === 0)) {
    return lacking.sort().map((what) => `northd has not written ${what} to SB yet`);
  }
  if (present.size === 0) {
    throw new CliFault(
      'cannot-tell',
      'SB holds nothing of what NB asks for',
      'has ovn-northd ever run on these two?',
    );
  }
  throw new CliFault(
    'bad-input',
    'NB and SB are not of one OVN: no router or switch of NB is in SB',
    'name two databases of the same OVN, saved at about the same time',
  );
}

function datapathOwners(sb: Snapshot<SbTables>): ReadonlySet<string> {
  const owners = new Set<string>();
  for (const row of sb.table('Datapath_Binding')) {
    const columns: Readonly<Record<string, unknown>> = row;
    const named = [
      row.external_ids.get('logical-router'),
      row.external_ids.get('logical-switch'),
      columns['nb_uuid'],
    ];
    for (const owner of named) if (typeof owner === 'string') owners.add(owner);
  }
  return owners;
}
