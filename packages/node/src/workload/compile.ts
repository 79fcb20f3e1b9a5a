import { type DesiredRow, mapOf, type Plan, plan, rowOf, setOf } from '@berth/core';
import type { Row, Snapshot, Uuid } from '@berth/ovsdb/value';
import { partOf, textOf } from '../ovs/row.ts';
import { configKey, configOf, hostInterfaceName, sandboxKeys, type Workload } from './workload.ts';

const workloadTables = new Set(['Port', 'Interface']);

/** What the node's database should say about some workloads. */
export type WorkloadInput = {
  readonly observed: Snapshot;
  readonly instance: string;
  /** The integration bridge; needed to attach, not to detach. */
  readonly bridge: Row | undefined;
  /** Wanted, with their pod's ends set up. */
  readonly workloads: readonly Workload[];
  /** Names of logical switch ports that are not wanted any more. Those in neither list are left alone. */
  readonly leftovers: readonly string[];
};

/** The changes that attach workloads to the integration bridge and detach leftovers. */
export function planWorkloads({ observed, instance, bridge, workloads, leftovers }: WorkloadInput): Plan {
  const names = new Set([...workloads.map(({ portName }) => portName), ...leftovers].map(hostInterfaceName));
  return plan({
    db: 'OVS',
    desired: bridge ? workloads.flatMap((workload) => compileWorkload(workload, bridge._uuid)) : [],
    observed: partOf(observed, instance, (row) => names.has(textOf(row, 'name'))),
    tables: workloadTables,
    instance,
  });
}

/**
 * The port of the node's end. `iface-id` binds it to its logical switch port (ovn-controller(8)); the names of the pod
 * are those Kube-OVN notes.
 */
export function compileWorkload(workload: Workload, bridge: Uuid): readonly DesiredRow[] {
  const { namespace, name, netns, portName, addresses, sandbox } = workload;
  const hostInterface = hostInterfaceName(portName);
  const parts = { unit: `pod/${namespace}/${name}`, cause: { kind: 'Pod', namespace, name } };
  const port: DesiredRow = {
    ...rowOf('Port', { ...parts, columns: { name: hostInterface, external_ids: mapOf({}) } }),
    parent: { table: 'Bridge', uuid: bridge, column: 'ports' },
  };
  const netInterface = rowOf('Interface', {
    ...parts,
    parent: port,
    columns: {
      name: hostInterface,
      type: '',
      external_ids: mapOf({
        'iface-id': portName,
        pod_name: name,
        pod_namespace: namespace,
        pod_netns: netns,
        ip: addresses.map(({ ip }) => ip).join(','),
        [configKey]: configOf(workload),
        ...(sandbox && { [sandboxKeys.id]: sandbox.id, [sandboxKeys.network]: sandbox.network }),
        ...(sandbox?.podUid !== undefined && { [sandboxKeys.podUid]: sandbox.podUid }),
      }),
    },
  });
  return [{ ...port, columns: { ...port.columns, interfaces: setOf(netInterface.uuid) } }, netInterface];
}
