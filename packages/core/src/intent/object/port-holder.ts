import type { IP, Pod } from '@berth/api';
import { perObject } from '../../memo/per-object.ts';
import type { Lookup } from './lookup.ts';
import { holderOf, machineOf } from './machine.ts';

/** The name of a pod's IP object and logical switch port: that of the pod, or of the virtual machine in it, which outlives its pods. */
export function portName(pod: Pod): string {
  return `${workloadName(pod)}.${pod.metadata.namespace ?? 'default'}`;
}

/** The name of a pod's workload, as an IP has it in `spec.podName`. */
export function workloadName(pod: Pod): string {
  return machineOf(pod) ?? pod.metadata.name;
}

/** Whether the containers of a pod are done for good: its runtime has taken its network away (Kubernetes, "Pod Lifecycle"). */
export function hasEnded({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

/** The pods that have a port: none that has ended, and of a virtual machine one, however many there are while it is moved. */
export function portHolders(pods: readonly Pod[]): readonly Pod[] {
  const working = pods.filter((pod) => !hasEnded(pod));
  const ofMachines = working.filter((pod) => machineOf(pod) !== undefined);
  if (ofMachines.length === 0) return working;
  const holders = new Set([...Map.groupBy(ofMachines, portName).values()].map(holderOf));
  return working.filter((pod) => machineOf(pod) === undefined || holders.has(pod));
}

/** The pod that has the address of an IP object; undefined where none has. */
export function podOfIp({ spec }: Pick<IP, 'spec'>, pods: readonly Pod[]): Pod | undefined {
  const named = pods.filter(
    (pod) => pod.metadata.namespace === spec.namespace && workloadName(pod) === spec.podName,
  );
  return named.length > 1 ? portHolders(named)[0] : named[0];
}

/** The pod whose port and IP object have this name; undefined if there is none. */
export function podOfPort(name: string, { Pod: pods }: Pick<Lookup, 'Pod'>): Pod | undefined {
  const dot = name.lastIndexOf('.');
  const pod = pods.get(`${name.slice(dot + 1)}/${name.slice(0, dot)}`);
  return pod && machineOf(pod) === undefined ? pod : machinesOf(pods).get(name);
}

/** The pods of virtual machines by the name of the port they have. */
const machinesOf = perObject((pods: Lookup['Pod']): ReadonlyMap<string, Pod> => {
  const ofMachines = [...pods.values()].filter((pod) => machineOf(pod) !== undefined);
  return new Map(portHolders(ofMachines).map((pod) => [portName(pod), pod]));
});
