import type { Fabric } from './fabric.ts';

/** Names a chassis, given by its SB name, as its users call it. */
export type NodeName = (chassis: string) => string;

/** The Kubernetes name where the node reports it, else the hostname where only one chassis has it, else the SB name. */
export function nodeNamer(fabric: Fabric): NodeName {
  const hostnames = Map.groupBy(fabric.chassis.values(), ({ hostname }) => hostname);
  const names = new Map<string, string>();
  for (const { name, hostname } of fabric.chassis.values())
    if (hostname !== '' && hostnames.get(hostname)?.length === 1) names.set(name, hostname);
  for (const { node, chassis } of fabric.dataPlane?.reports ?? [])
    if (chassis !== undefined) names.set(chassis, node);
  return (chassis) => names.get(chassis) ?? chassis;
}

/** How a sentence calls a chassis: its hostname, else its SB name. */
export function nodeName({ chassis }: Fabric, name: string): string {
  return chassis.get(name)?.hostname || name;
}
