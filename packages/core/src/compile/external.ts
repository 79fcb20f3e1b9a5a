import { origin } from '../finding/origin.ts';
import type { ExternalSubnetIntent, NodePortIntent, WitnessIntent } from '../intent/intent.ts';
import type { DesiredRow } from './row.ts';
import { enabled, mapOf, rowOf, setOf } from './row-of.ts';

/** Unit of what VPCs share. */
export const sharedUnit = 'shared';

/** An external subnet: a switch with a port into the physical network (ovn-nb(5), Logical_Switch_Port type localnet). */
export function compileExternal(subnet: ExternalSubnetIntent): {
  readonly logicalSwitch: DesiredRow;
  readonly rows: readonly DesiredRow[];
} {
  const { name, ref, vlanRef, provider, vlanId, nodePorts, witnesses } = subnet;
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
      ...enabled,
      name: `localnet.${name}`,
      type: 'localnet',
      addresses: setOf('unknown'),
      options: mapOf({ network_name: provider }),
      tag: vlanId === 0 ? undefined : vlanId,
      external_ids: mapOf({ ls: name }),
    },
    columnOrigins: { options: [origin(vlanRef, 'spec.provider')], tag: [origin(vlanRef, 'spec.id')] },
  });
  const ports = [
    ...nodePorts.map((port) => compileNodePort(port, logicalSwitch, name)),
    ...witnesses.map((witness) => compileWitness(witness, logicalSwitch, subnet)),
  ];
  return { logicalSwitch, rows: [logicalSwitch, localnet, ...ports] };
}

/** The port of a node, which the node's own interface of that name will claim. */
function compileNodePort(
  { name, ref, mac, addresses }: NodePortIntent,
  parent: DesiredRow,
  subnet: string,
): DesiredRow {
  return rowOf('Logical_Switch_Port', {
    unit: sharedUnit,
    cause: ref,
    parent,
    columns: {
      ...enabled,
      name,
      type: '',
      addresses: setOf([mac, ...addresses].join(' ')),
      port_security: setOf(),
      external_ids: mapOf({ ls: subnet }),
    },
    columnOrigins: { addresses: [origin(ref, 'spec')] },
  });
}

/**
 * A port without address: no packet goes there, but the chassis that binds it is one that gateways look for
 * (ovn-sb(5), HA_Chassis_Group ref_chassis).
 */
function compileWitness(
  { port, node, chassis }: WitnessIntent,
  parent: DesiredRow,
  { name, ref }: ExternalSubnetIntent,
): DesiredRow {
  return rowOf('Logical_Switch_Port', {
    unit: sharedUnit,
    cause: ref,
    parent,
    origins: [origin({ kind: 'Node', name: node })],
    columns: {
      ...enabled,
      name: port,
      type: '',
      addresses: setOf(),
      options: mapOf({ 'requested-chassis': chassis }),
      external_ids: mapOf({ ls: name }),
    },
  });
}
