import { type ProviderNetwork, refOf } from '@berth/api';
import { type DesiredRow, mapOf, origin, rowOf, setOf } from '@berth/core';
import type { Uuid } from '@berth/ovsdb/value';

/** Longest name a network interface can have (IFNAMSIZ); a bridge has one of its own name. */
export const maxInterfaceName = 15;

/** The name of a network's bridge. */
export function bridgeName(network: string): string {
  return `br-${network}`;
}

/** The unit of a network's rows. */
function unitOf(network: string): string {
  return `provider-network/${network}`;
}

/** What a network's bridge on one node is made of. */
export type ProviderParts = {
  readonly network: ProviderNetwork;
  readonly nic: string;
  /** VLAN ids in use on the network; 0 is untagged. */
  readonly vlanIds: readonly number[];
  /** The row of Open_vSwitch. */
  readonly root: Uuid;
  /** The integration bridge's: only bridges of one datapath can be patched together. */
  readonly datapathType: string;
};

/**
 * A bridge with two ports, its own and the NIC. The NIC carries untagged frames and the VLANs in use, no others
 * (ovs-vswitchd.conf.db(5), Port trunks). The bridge's own interface stays down: the node's kernel does not take part.
 */
export function compileProvider({
  network,
  nic,
  vlanIds,
  root,
  datapathType,
}: ProviderParts): readonly DesiredRow[] {
  const cause = refOf(network);
  const name = bridgeName(network.metadata.name);
  const parts = { unit: unitOf(network.metadata.name), cause };
  const bridge: DesiredRow = {
    ...rowOf('Bridge', {
      ...parts,
      columns: { name, datapath_type: datapathType, external_ids: mapOf({}) },
    }),
    parent: { table: 'Open_vSwitch', uuid: root, column: 'bridges' },
  };
  const nicField = network.spec.customInterfaces?.some((custom) => custom.interface === nic)
    ? 'spec.customInterfaces'
    : 'spec.defaultInterface';
  return [
    bridge,
    ...portRows(name, bridge, { ...parts, type: 'internal', columns: {} }),
    ...portRows(nic, bridge, {
      ...parts,
      type: '',
      columns: { trunks: new Set([0, ...vlanIds]) },
      origins: [origin(cause, nicField)],
    }),
  ];
}

type PortParts = Pick<Parameters<typeof rowOf>[1], 'unit' | 'cause' | 'columns' | 'origins'> & {
  readonly type: string;
};

/** A port of one interface. `interfaces` must not be empty at any time, so the port itself names it. */
function portRows(name: string, bridge: DesiredRow, { type, columns, ...parts }: PortParts): DesiredRow[] {
  const port = rowOf('Port', {
    ...parts,
    parent: bridge,
    columns: { ...columns, name, external_ids: mapOf({}) },
  });
  const netInterface = rowOf('Interface', {
    ...parts,
    parent: port,
    columns: { name, type, external_ids: mapOf({}) },
  });
  return [{ ...port, columns: { ...port.columns, interfaces: setOf(netInterface.uuid) } }, netInterface];
}
