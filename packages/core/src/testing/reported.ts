import type { Fabric, NodeHealth } from '../fabric/fabric.ts';

/** What an agent says in a test; `up` and `sees` are short for uplinks and tunnels of `chassis-<node>`. */
export type Report = Omit<NodeHealth, 'node' | 'chassis' | 'uplinks' | 'tunnels'> & {
  /** Whether external0 is reached. */
  readonly up?: boolean;
  /** Nodes whose tunnels BFD watches. */
  readonly sees?: Readonly<Record<string, boolean>>;
};

/** A fabric of `fabricWith` with reports, by node. */
export function reported(fabric: Fabric, reports: Readonly<Record<string, Report>>): Fabric {
  const health = Object.entries(reports).map(([node, { up, sees, ...rest }]): [string, NodeHealth] => [
    node,
    {
      node,
      chassis: `chassis-${node}`,
      ...rest,
      ...(up !== undefined && { uplinks: new Map([['external0', up]]) }),
      ...(sees && {
        tunnels: new Map(Object.entries(sees).map(([other, isUp]) => [`chassis-${other}`, isUp])),
      }),
    },
  ]);
  return { ...fabric, health: new Map(health) };
}

/** The fabric with nodes that are confirmed dead. */
export function withDead(fabric: Fabric, ...nodes: readonly string[]): Fabric {
  return { ...fabric, deadChassis: new Set(nodes.map((node) => `chassis-${node}`)) };
}

/** The fabric with the members NB has of a router port's group, most preferred first, and the keeper. */
export function withMembers(fabric: Fabric, routerPort: string, ...nodes: readonly string[]): Fabric {
  const members = nodes.map((node, index) => ({ chassis: `chassis-${node}`, priority: 100 - index }));
  const all = [...members, { chassis: 'berth-keeper', priority: 0 }];
  return { ...fabric, gateways: new Map(fabric.gateways).set(routerPort, all) };
}
