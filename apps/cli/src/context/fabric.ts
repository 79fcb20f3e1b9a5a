import type { ResourceSet } from '@berth/api';
import { type Fabric, fabricOf, type NodeHealth } from '@berth/core';
import type { Ovn } from '@berth/engine';
import type { Lab, LabPlan } from '@berth/lab';
import { nicOn, nodeNamed } from '@berth/node';
import { unreachableNodes } from '../player/pods.ts';

/** The fabric as NB, SB and agents tell it now. */
export function presentFabric(
  { northbound, southbound }: Pick<Ovn, 'northbound' | 'southbound'>,
  reports: readonly NodeHealth[] = [],
): Fabric {
  return fabricOf(northbound.snapshot(), southbound.snapshot(), reports);
}

/**
 * The fabric of a lab as it will be once its nodes are played: `apply` and `run` make the bridges that the provider
 * networks ask for themselves, on nodes that are not broken and have the NIC.
 */
export function playedFabric(
  fabric: Fabric,
  lab: Pick<Lab, 'nodeNames' | 'failures'> & { readonly plan: Pick<LabPlan, 'wires'> },
  { ProviderNetwork, Node }: Pick<ResourceSet, 'ProviderNetwork' | 'Node'>,
): Fabric {
  const broken = unreachableNodes(lab.failures());
  const nics = new Set(lab.plan.wires.map((_, place) => `eth${place + 1}`));
  const chassis = [...fabric.chassis].map(([name, each]) => {
    const { hostname, mappings } = each;
    if (!lab.nodeNames.includes(hostname) || broken.has(hostname)) return [name, each] as const;
    const node = nodeNamed(hostname, Node);
    const made = ProviderNetwork.filter((network) => nics.has(nicOn(network, node) ?? ''));
    const all = new Set([...mappings, ...made.map(({ metadata }) => metadata.name)]);
    return [name, { ...each, mappings: all }] as const;
  });
  return { ...fabric, chassis: new Map(chassis) };
}
