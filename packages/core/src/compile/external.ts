import type { ExternalSubnetIntent } from '../intent/intent.ts';
import { origin } from '../intent/origin.ts';
import type { DesiredRow } from './row.ts';
import { mapOf, rowOf, setOf } from './row-of.ts';

/** Unit of what VPCs share. */
export const sharedUnit = 'shared';

/** An external subnet: a switch with a port into the physical network (ovn-nb(5), Logical_Switch_Port type localnet). */
export function compileExternal({ name, ref, vlanRef, provider, vlanId }: ExternalSubnetIntent): {
  readonly logicalSwitch: DesiredRow;
  readonly rows: readonly DesiredRow[];
} {
  const logicalSwitch = rowOf('Logical_Switch', {
    unit: sharedUnit,
    cause: ref,
    columns: { name, external_ids: mapOf({}) },
  });
  const localnet = rowOf('Logical_Switch_Port', {
    unit: sharedUnit,
    cause: ref,
    parent: logicalSwitch,
    columns: {
      name: `localnet.${name}`,
      type: 'localnet',
      addresses: setOf('unknown'),
      options: mapOf({ network_name: provider }),
      tag: vlanId === 0 ? undefined : vlanId,
      external_ids: mapOf({ ls: name }),
    },
    columnOrigins: { options: [origin(vlanRef, 'spec.provider')], tag: [origin(vlanRef, 'spec.id')] },
  });
  return { logicalSwitch, rows: [logicalSwitch, localnet] };
}
