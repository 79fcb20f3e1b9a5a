import { CniFault } from '../cni/cni-fault.ts';
import { integrationBridge } from '../ovs/row.ts';
import { dialDaemon } from '../ovs/unixctl.ts';
import type { SandboxPlace } from './place.ts';

/** How long the first listing of the cluster may take before we say that it is not there. */
const listMs = 2_000;

/** Whether a sandbox could be attached now. Throws CniFault `not-available`, or `limited-connectivity`. */
export async function status({ host, db, pods }: SandboxPlace): Promise<void> {
  if (!db.isConnected)
    throw unavailable(host.node, `its Open_vSwitch database does not answer at ${host.ovsRemote}`);
  if (!integrationBridge(db.snapshot())) {
    throw new CniFault(
      'limited-connectivity',
      `node ${host.node} has no integration bridge`,
      'is ovn-controller running there? It makes the bridge',
    );
  }
  using control = await dialDaemon(host.ovnRundir, 'ovn-controller');
  const connection = await control?.ask('connection-status');
  if (connection === undefined) throw unavailable(host.node, 'ovn-controller does not answer');
  if (connection !== 'connected') throw unavailable(host.node, 'ovn-controller is not connected to SB');
  const { promise: late, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => resolve('late'), listMs);
  const listed = await Promise.race([late, pods.list()]).finally(() => clearTimeout(timer));
  if (listed === 'late') throw unavailable(host.node, 'its pods could not be listed yet');
}

function unavailable(node: string, why: string): CniFault {
  return new CniFault(
    'not-available',
    `on node ${node} ${why}`,
    'pods wait until it does; berth-agent’s log may say more',
  );
}
