import { rowUuid } from '@berth/core';
import { openDatabase } from '@berth/ovsdb';

/** Enters chassis `chassis-<node>` into an SB that no node is part of, each with the bridges of networks. */
export async function addChassis(
  remote: string,
  nodes: readonly string[],
  ...networks: readonly string[]
): Promise<void> {
  const mappings = networks.map((network) => `${network}:br-${network}`).join();
  await using south = await openDatabase({ remotes: [remote], database: 'OVN_Southbound' });
  for (const [index, hostname] of nodes.entries()) {
    const uuid = rowUuid('Encap', [hostname]);
    await south.transact([
      {
        op: 'insert',
        table: 'Encap',
        uuid,
        row: { type: 'geneve', ip: `10.0.0.${index + 1}`, chassis_name: hostname },
      },
      {
        op: 'insert',
        table: 'Chassis',
        uuid: rowUuid('Chassis', [`chassis-${hostname}`]),
        row: {
          name: `chassis-${hostname}`,
          hostname,
          encaps: new Set([uuid]),
          other_config: new Map([['ovn-bridge-mappings', mappings]]),
        },
      },
    ]);
  }
}

/** Lets a chassis of {@link addChassis} claim the port of a gateway in SB, as its ovn-controller would. */
export async function claimGateway(remote: string, port: string, chassis: string): Promise<void> {
  await claimPort(remote, port, chassis, 'chassisredirect');
}

/** Lets a chassis of {@link addChassis} claim a port in SB, by default a workload's. */
export async function claimPort(remote: string, port: string, chassis: string, type = ''): Promise<void> {
  await using south = await openDatabase({ remotes: [remote], database: 'OVN_Southbound' });
  const datapath = rowUuid('Datapath_Binding', [port]);
  await south.transact([
    { op: 'insert', table: 'Datapath_Binding', uuid: datapath, row: { tunnel_key: 1 } },
    {
      op: 'insert',
      table: 'Port_Binding',
      row: {
        logical_port: port,
        type,
        tunnel_key: 1,
        datapath,
        chassis: rowUuid('Chassis', [chassis]),
      },
    },
  ]);
}

/** Has another chassis of {@link addChassis} claim a port that one has claimed. */
export async function movePort(remote: string, port: string, chassis: string): Promise<void> {
  await using south = await openDatabase({ remotes: [remote], database: 'OVN_Southbound' });
  const where = [['logical_port', '==', port]] as const;
  await south.transact([
    { op: 'update', table: 'Port_Binding', where, row: { chassis: rowUuid('Chassis', [chassis]) } },
  ]);
}
