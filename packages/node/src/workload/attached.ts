import type { Row, Snapshot } from '@berth/ovsdb/value';
import { idOf, isOurs, isPresent, textOf } from '../ovs/row.ts';
import {
  configKey,
  configOf,
  hostInterfaceName,
  type SandboxMark,
  sandboxKeys,
  type Workload,
} from './workload.ts';

/** A workload's port as the node's database has it. */
export type Attached = {
  /** Name of the logical switch port. */
  readonly portName: string;
  readonly hostInterface: string;
  readonly namespace: string;
  readonly name: string;
  readonly netns: string;
  /** Name inside the pod. */
  readonly interfaceName: string;
  /** Undefined when no runtime asked for it. */
  readonly sandbox: SandboxMark | undefined;
  /** What the pod's end was set up with. */
  readonly config: string;
  /** Whether the switch has the interface: false when it went away, with its namespace for instance. */
  readonly isPresent: boolean;
  /** Whether ovn-controller has installed the port's flows (ovn-controller(8), `ovn-installed`). */
  readonly isInstalled: boolean;
};

/** The workloads of an instance that are attached to the switch, by port name. */
export function listAttached(observed: Snapshot, instance: string): readonly Attached[] {
  return [...observed.table('Interface')]
    .flatMap((row) => {
      const portName = idOf(row, 'iface-id');
      return portName === undefined || !isOurs(row, instance) ? [] : [attachedOf(row, portName)];
    })
    .sort((left, right) => (left.portName < right.portName ? -1 : 1));
}

/** Whether a workload is attached just as it is wanted. */
export function isAttached(attached: readonly Attached[], workload: Workload): boolean {
  const found = attached.find(({ portName }) => portName === workload.portName);
  if (!found) return false;
  return (
    found.isPresent &&
    found.hostInterface === hostInterfaceName(workload.portName) &&
    found.config === configOf(workload)
  );
}

function attachedOf(row: Row, portName: string): Attached {
  const config = idOf(row, configKey) ?? '';
  const [place = ''] = config.split(' ');
  return {
    portName,
    hostInterface: textOf(row, 'name'),
    namespace: idOf(row, 'pod_namespace') ?? '',
    name: idOf(row, 'pod_name') ?? '',
    netns: idOf(row, 'pod_netns') ?? '',
    interfaceName: place.slice(place.lastIndexOf('/') + 1),
    sandbox: sandboxOf(row),
    config,
    isPresent: isPresent(row),
    isInstalled: idOf(row, 'ovn-installed') === 'true',
  };
}

function sandboxOf(row: Row): SandboxMark | undefined {
  const id = idOf(row, sandboxKeys.id);
  if (id === undefined) return undefined;
  return { id, network: idOf(row, sandboxKeys.network) ?? '', podUid: idOf(row, sandboxKeys.podUid) };
}
