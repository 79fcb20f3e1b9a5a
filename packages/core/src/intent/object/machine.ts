import type { Pod } from '@berth/api';
import { bySeniority } from './lookup.ts';

/**
 * What KubeVirt says on the pods of a virtual machine (kubevirt.io/api/core/v1): which migration a pod was made for, the node of
 * the guest, and since when the guest works where it was moved to. A pod is made with the labels of the machine, so the node may be
 * that of another pod.
 */
const keys = {
  migration: 'kubevirt.io/migrationJobUID',
  node: 'kubevirt.io/nodeName',
  ready: 'kubevirt.io/migration-target-ready-timestamp',
} as const;

/** The virtual machine that a pod runs; undefined for every other pod. A VirtualMachine and its instance have one name. */
export function machineOf(pod: Pod): string | undefined {
  return instanceOf(pod)?.name;
}

/** Whether a guest is to be moved to the pod and works elsewhere as yet. */
export function isArriving(pod: Pod): boolean {
  return isMigrated(pod) && !hasGuest(pod);
}

/**
 * Which pod of a machine has its port: the newest that has the guest, and before there is one the oldest, which the guest starts in. Pods
 * of an instance that was deleted, as those on a node that is gone, do not count beside those of the next.
 */
export function holderOf(pods: readonly Pod[]): Pod | undefined {
  const inOrder = pods.toSorted((left, right) => bySeniority(left, right));
  const uid = uidOf(inOrder.at(-1));
  const current = inOrder.filter((pod) => uidOf(pod) === uid);
  return current.findLast(hasGuest) ?? current[0];
}

function hasGuest({ metadata, spec }: Pod): boolean {
  const { [keys.node]: node } = metadata.labels;
  return (node !== undefined && node === spec.nodeName) || metadata.annotations[keys.ready] !== undefined;
}

/** Whether a pod was made to take a guest over that runs already. */
export function isMigrated(pod: Pod): boolean {
  return instanceOf(pod) !== undefined && pod.metadata.labels[keys.migration] !== undefined;
}

/** The instance of a virtual machine that a pod is of, which outlives the pod where the guest is moved. */
export function uidOf(pod: Pod | undefined): string | undefined {
  return pod && instanceOf(pod)?.uid;
}

function instanceOf({ metadata }: Pod): Pod['metadata']['ownerReferences'][number] | undefined {
  return metadata.ownerReferences.find(
    ({ kind, apiVersion, controller }) =>
      kind === 'VirtualMachineInstance' && apiVersion.startsWith('kubevirt.io/') && controller === true,
  );
}
