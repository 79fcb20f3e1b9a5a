import type { SbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import type { ChassisDetails } from './fabric.ts';
import { compareText, finderOf, heldRows, rowsOf } from './tables.ts';

/** Reads what only the analysis wants to know of a chassis (ovn-sb(5): Chassis, Encap, Chassis_Private). */
export function detailsReader(
  sb: Snapshot<SbTables>,
): (row: SbTables['Chassis']) => ChassisDetails | undefined {
  if (!sb.tableNames.includes('Encap')) return () => undefined;
  const encapOf = finderOf(sb, 'Encap');
  const configured = new Map<string, number>();
  for (const { name, nb_cfg } of rowsOf(sb, 'Chassis_Private')) configured.set(name, nb_cfg);
  return (row) => {
    const option = (key: string): string | undefined =>
      row.other_config?.get(key) ?? row.external_ids?.get(key);
    return {
      row: row._uuid,
      encapsulations: heldRows(row.encaps, encapOf)
        .map(({ type, ip }) => ({ type, ip }))
        .sort(
          (left, right) => preference(left.type) - preference(right.type) || compareText(left.ip, right.ip),
        ),
      datapath: datapathOf(option('datapath-type')),
      nbCfg: configured.get(row.name),
      isRemote: option('is-remote') === 'true',
    };
  };
}

/** Of several tunnel types ovn-controller takes them in this order. */
function preference(type: string): number {
  return type === 'geneve' ? 0 : type === 'stt' ? 1 : 2;
}

/** The empty type is the kernel's (ovs-vswitchd.conf.db(5), Bridge datapath_type). */
function datapathOf(type: string | undefined): ChassisDetails['datapath'] {
  if (type === undefined) return undefined;
  return type === 'netdev' ? 'userspace' : 'kernel';
}
