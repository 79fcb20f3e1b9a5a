import { openDatabase } from '@berth/ovsdb';
import { type OvsdbServer, startOvsdbServer } from '@berth/ovsdb/testing';
import type { Operation } from '@berth/ovsdb/value';
import { type SwitchOptions, testRows } from './switch.ts';

/** A real ovsdb-server with the Open_vSwitch database of a node as ovn-controller and ovs-vsctl leave it. */
export async function startSwitchDatabase(options: SwitchOptions): Promise<OvsdbServer> {
  const server = await startOvsdbServer({ schema: 'vswitch' });
  await using database = await openDatabase({ remotes: [server.remote], database: 'Open_vSwitch' });
  await database.transact(
    Object.entries(testRows(options)).flatMap(([table, rows]) =>
      rows.map(({ _uuid: uuid, ...row }): Operation => ({ op: 'insert', table, uuid, row })),
    ),
  );
  return server;
}
