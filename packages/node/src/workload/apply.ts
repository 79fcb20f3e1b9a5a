import { type Change, type Finding, operations, ownerOf } from '@berth/core';
import type { Row } from '@berth/ovsdb/value';
import { InterfaceTakenFault, NodeFault } from '../fault.ts';
import type { Host } from '../host/host.ts';
import { readLinks } from '../host/link.ts';
import { countChange, type NodeDatabase } from '../ovs/node-database.ts';
import { idOf, integrationBridge, rootOf, rowNamed, textOf } from '../ovs/row.ts';
import { listAttached } from './attached.ts';
import { planWorkloads } from './compile.ts';
import { inParallel } from './in-parallel.ts';
import { workloadMtu } from './mtu.ts';
import { removeHostInterface, wire } from './wire.ts';
import { hostInterfaceName, type Workload } from './workload.ts';

/** What happened to some workloads. One that failed keeps no other from its turn. */
export type WorkloadsApplied = {
  readonly changes: readonly Change[];
  readonly findings: readonly Finding[];
  /** Why workloads could not be set up. */
  readonly failures: ReadonlyMap<Workload, Error>;
  /** Why leftovers could not be removed. */
  readonly faults: readonly Error[];
};

/** How long ovs-vswitchd may take to let go of an interface. */
const appliedTimeoutMs = 5_000;

/** How many workloads are wired at a time. */
const maxParallel = 4;

/**
 * Sets up workloads and removes leftovers (names of logical switch ports): first the pods' ends, then the switch, in
 * one transaction, so that a row of the switch says that its pod's end is done; of leftovers first the switch.
 * Throws `OvsdbFault`, and `NodeFault` `switch-not-ready`.
 */
export async function applyWorkloads(
  host: Host,
  db: NodeDatabase,
  instance: string,
  workloads: readonly Workload[],
  leftovers: readonly string[],
): Promise<WorkloadsApplied> {
  const bridge = integrationBridge(db.snapshot());
  const { wired, failures } = await wireAll(host, db, instance, bridge, workloads);
  const planned = planWorkloads({ observed: db.snapshot(), instance, bridge, workloads: wired, leftovers });
  const hasRemoval = planned.changes.some(({ verb }) => verb === 'delete');
  await db.transact([...operations(planned.changes), ...(hasRemoval ? countChange(db.snapshot()) : [])]);
  const removals = await inParallel(leftovers, maxParallel, (portName) =>
    removeHostInterface(host, hostInterfaceName(portName)),
  );
  const { changes, findings } = planned;
  return { changes, findings, failures, faults: [...removals.failures.values()] };
}

async function wireAll(
  host: Host,
  db: NodeDatabase,
  instance: string,
  bridge: Row | undefined,
  workloads: readonly Workload[],
): Promise<{ readonly wired: readonly Workload[]; readonly failures: ReadonlyMap<Workload, Error> }> {
  if (workloads.length === 0) return { wired: [], failures: new Map() };
  if (!bridge) throw noBridge(host);
  const links = await readLinks(host);
  const root = rootOf(db.snapshot());
  const fittingMtu = workloadMtu((root && idOf(root, 'ovn-encap-ip')) ?? '', links);
  const recorded = new Map(
    listAttached(db.snapshot(), instance).map(({ portName, config }) => [portName, config] as const),
  );
  const { done, failures } = await inParallel(workloads, maxParallel, async (workload) => {
    refuseForeign(host, db, instance, workload);
    await wire(host, workload, {
      links,
      mtu: workload.mtu ?? fittingMtu,
      isUserspace: textOf(bridge, 'datapath_type') === 'netdev',
      recorded: recorded.get(workload.portName),
      forget: () => forget(db, instance, bridge, workload.portName),
    });
    return workload;
  });
  return { wired: done, failures };
}

/** A pod that another instance has attached is left as it is, its addresses included. Throws `InterfaceTakenFault`. */
function refuseForeign(host: Host, db: NodeDatabase, instance: string, workload: Workload): void {
  const row = rowNamed(db.snapshot(), 'Interface', hostInterfaceName(workload.portName));
  const owner = row && ownerOf(row);
  if (owner === undefined || owner === instance) return;
  const pod = `pod/${workload.namespace}/${workload.name}`;
  throw new InterfaceTakenFault(
    workload,
    `on node ${host.node} ${pod} is attached already, by the Berth instance ${owner}`,
  );
}

/**
 * Makes the switch let go of an interface whose device is gone. A userspace switch that finds a new device under the
 * old name goes on listening to the old one, so the port must be seen to be away before the device is made again.
 */
async function forget(db: NodeDatabase, instance: string, bridge: Row, portName: string): Promise<void> {
  const observed = db.snapshot();
  const { changes } = planWorkloads({ observed, instance, bridge, workloads: [], leftovers: [portName] });
  if (changes.length > 0) await db.transact([...operations(changes), ...countChange(observed)]);
  await db.applied(appliedTimeoutMs);
}

function noBridge({ node }: Host): NodeFault {
  return new NodeFault(
    'switch-not-ready',
    `node ${node} has no integration bridge: is ovn-controller running there?`,
  );
}
