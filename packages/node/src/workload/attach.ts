import type { Change, Finding } from '@berth/core';
import { NodeFault } from '../fault.ts';
import type { Host } from '../host/host.ts';
import type { NodeDatabase } from '../ovs/node-database.ts';
import { applyWorkloads } from './apply.ts';
import { listAttached } from './attached.ts';
import type { Workload } from './workload.ts';

/** Where a workload is attached, and on whose behalf. */
export type AttachPlace = {
  readonly host: Host;
  readonly db: NodeDatabase;
  readonly instance: string;
};

export type AttachOptions = AttachPlace & {
  readonly workload: Workload;
  /** How long ovn-controller may take to install the port; 0 does not wait. Default 30 s, as Kube-OVN's CNI. */
  readonly installTimeoutMs?: number;
  readonly signal?: AbortSignal;
};

/**
 * Attaches a workload, as a CNI ADD does, and waits until OVN forwards its packets. Saying it again checks everything and
 * changes what is not right; another MAC, address or gateway is given to the interface in place. Throws `HostFault`,
 * `OvsdbFault`, and `NodeFault` `interface-taken`, `switch-not-ready`, `switch-not-answering`, `port-not-installed`.
 */
export async function attach({
  host,
  db,
  instance,
  workload,
  installTimeoutMs = 30_000,
  signal,
}: AttachOptions): Promise<{ readonly changes: readonly Change[]; readonly findings: readonly Finding[] }> {
  const { changes, findings, failures } = await applyWorkloads(host, db, instance, [workload], []);
  const fault = failures.get(workload);
  if (fault) throw fault;
  if (installTimeoutMs > 0 && findings.length === 0) {
    await whenInstalled({ host, db, instance }, [workload.portName], installTimeoutMs, signal);
  }
  return { changes, findings };
}

/** Removes a workload's port and interface, as a CNI DEL does, whatever is left of them. Throws `HostFault`, `OvsdbFault`. */
export async function detach({
  host,
  db,
  instance,
  portName,
}: AttachPlace & { readonly portName: string }): Promise<{ readonly changes: readonly Change[] }> {
  const { changes, faults } = await applyWorkloads(host, db, instance, [], [portName]);
  const [fault] = faults;
  if (fault) throw fault;
  return { changes };
}

/** Waits until OVN forwards the packets of all these ports. Throws `NodeFault` `port-not-installed`. */
export async function whenInstalled(
  { host, db, instance }: AttachPlace,
  portNames: readonly string[],
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const waiting = (): readonly string[] => {
    const installed = new Set(
      listAttached(db.snapshot(), instance).flatMap((port) => (port.isInstalled ? port.portName : [])),
    );
    return portNames.filter((name) => !installed.has(name));
  };
  if (await db.until(() => waiting().length === 0, timeoutMs, signal)) return;
  throw new NodeFault(
    'port-not-installed',
    `on node ${host.node} ovn-controller did not install ${waiting().join(', ')} within ${timeoutMs} ms: ` +
      'is it running, and is there a logical switch port of that name?',
  );
}
