/** A chassis of the OVN: one hypervisor, gateways included. */
export type Chassis = {
  /** The SB name: the `system-id` of its Open vSwitch. */
  readonly name: string;
  readonly hostname: string;
  /** External networks it has a bridge for, by the name that localnet ports use. */
  readonly mappings: ReadonlySet<string>;
};

/** A member of a gateway group as NB has it. */
export type GatewayMember = { readonly chassis: string; readonly priority: number };

/** The state of the data plane as NB and SB tell it. Unknown is undefined or absent, never a guess. */
export type Fabric = {
  /** By SB name. */
  readonly chassis: ReadonlyMap<string, Chassis>;
  /** Chassis that claims a port, by logical port: a workload's, or `cr-<router port>` for a gateway. */
  readonly claims: ReadonlyMap<string, string>;
  /** Members of each router port's group, highest priority first, by the port's name. */
  readonly gateways: ReadonlyMap<string, readonly GatewayMember[]>;
  /** UUIDs of the BFD rows of NB. */
  readonly bfdRows: ReadonlySet<string>;
};

/** What is known before anything was read. */
export const emptyFabric: Fabric = {
  chassis: new Map(),
  claims: new Map(),
  gateways: new Map(),
  bfdRows: new Set(),
};

/** The node's chassis, by hostname; `annotated` (the node's `ovn.kubernetes.io/chassis`) wins where it is set. */
export function chassisOfNode(
  fabric: Fabric,
  node: string,
  annotated?: string | undefined,
): Chassis | undefined {
  if (annotated !== undefined && fabric.chassis.has(annotated)) return fabric.chassis.get(annotated);
  return [...fabric.chassis.values()].find(({ hostname }) => hostname === node);
}

/** The chassis that claims the gateway of a router port (SB Port_Binding `cr-<port>`). It is a report, not proof. */
export function gatewayClaim(fabric: Fabric, routerPort: string): string | undefined {
  return fabric.claims.get(`cr-${routerPort}`);
}
