import type { SbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import type { PortBinding } from './fabric.ts';
import { finderOf, rowsOf } from './tables.ts';

/** Every logical port as SB has it, by name (ovn-sb(5), Port_Binding). */
export function portBindingsOf(sb: Snapshot<SbTables>): ReadonlyMap<string, PortBinding> {
  const chassisOf = finderOf(sb, 'Chassis');
  const bindings = new Map<string, PortBinding>();
  for (const { _uuid, logical_port, type, chassis, mac, up } of rowsOf(sb, 'Port_Binding')) {
    bindings.set(logical_port, {
      name: logical_port,
      row: _uuid,
      type: type ?? '',
      chassis: chassisOf(chassis)?.name,
      addresses: [...(mac ?? [])],
      up,
    });
  }
  return bindings;
}
