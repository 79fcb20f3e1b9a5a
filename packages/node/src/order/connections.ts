import type { Ip } from '@berth/net';
import { NodeFault } from '../fault.ts';
import { dialDaemon } from '../ovs/unixctl.ts';
import { readConnections } from './connection-table.ts';

/**
 * Ends the connections, in any zone, that go to one of these addresses or come back to one: the table is listed once, and
 * each is named in full. Naming an address alone (`NXT_CT_FLUSH`) would be one message; but it walks the whole table for
 * every address, and an ICMPv6 connection among those it finds ends ovs-vswitchd 3.1.0. Gives how many were ended. Throws
 * `NodeFault` `switch-not-answering` and `switch-refused`.
 */
export async function endConnections(rundir: string, addresses: ReadonlySet<Ip>): Promise<number> {
  using control = await dialDaemon(rundir, 'ovs-vswitchd');
  const listing = await control?.ask('dpctl/dump-conntrack');
  if (!control || listing === undefined) {
    throw new NodeFault(
      'switch-not-answering',
      `ovs-vswitchd does not answer at its control socket in ${rundir}: is it running?`,
    );
  }
  const ended = readConnections(listing).filter(
    ({ to, backTo }) => addresses.has(to) || addresses.has(backTo),
  );
  for (const { zone, tuple } of ended) {
    const said = await control.ask('dpctl/flush-conntrack', `zone=${zone}`, tuple);
    // One that ended by itself meanwhile is not found; everything else that is said is a refusal.
    if (said !== '' && !said?.includes('No such file')) {
      throw new NodeFault(
        'switch-refused',
        `ovs-vswitchd does not end the connection ${tuple}: ${said ?? 'it is gone'}`,
      );
    }
  }
  return ended.length;
}
