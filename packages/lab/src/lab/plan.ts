import { v5 as uuidOf } from 'uuid';

/** One node of a lab and everything that is derived from its name and place. */
export type LabNode = {
  readonly name: string;
  /** Its place, from 1: the number in the names of its ports on the fabric. */
  readonly index: number;
  /** `external_ids:system-id`: the name of its chassis. A UUID derived from the lab's and the node's names. */
  readonly systemId: string;
  /** On the management network, carried by eth0 together with the default route. */
  readonly managementIp: string;
  /** The tunnel address, on the internal port of br-under. */
  readonly tunnelIp: string;
};

/** What a lab is made of. Plain data; the scripts are functions of it. */
export type LabPlan = {
  readonly name: string;
  /** The lab's registry directory, at the same path inside and outside. */
  readonly directory: string;
  readonly nodes: readonly LabNode[];
  /** External wires: bridges of the fabric. The NIC of wire number i is eth(i+1) on every node and has the wire's name in `outside`. */
  readonly wires: readonly string[];
  /** NB and SB as clusters of one member per node, on the first three nodes. */
  readonly raft: boolean;
  /** The lab lives in a user namespace of its own. */
  readonly rootless: boolean;
  /** Directories of the schema files. */
  readonly ovnSchemas: string;
  readonly vswitchSchemas: string;
};

/** The address of `central` on the management network; ranges are those of benchmarks (RFC 2544), which nobody's network uses. */
export const centralIp = '198.18.0.1';

/** NB and SB ports, as ovn-ctl(8) has them, and those of their cluster members. */
export const nbPort = 6641;
export const sbPort = 6642;
export const nbClusterPort = 6643;
export const sbClusterPort = 6644;

/** Nodes of a lab named so, in this order. */
export function planNodes(lab: string, names: readonly string[]): LabNode[] {
  return names.map((name, place) => ({
    name,
    index: place + 1,
    systemId: uuidOf(`https://berth.dev/lab/${lab}/node/${name}`, uuidOf.URL),
    managementIp: `198.18.0.${11 + place}`,
    tunnelIp: `198.19.0.${11 + place}`,
  }));
}

/** The nodes that run a member of NB and SB; none when the databases stand alone in `central`. */
export function databaseNodes(plan: LabPlan): readonly LabNode[] {
  return plan.raft ? plan.nodes.slice(0, 3) : [];
}

/** The NIC of a node on an external wire. */
export function wireNic(plan: LabPlan, wire: string): string {
  return `eth${plan.wires.indexOf(wire) + 1}`;
}

/** The fabric's end of a node's NIC: a port of the bridge `mgmt`, `under` or of a wire. */
export function fabricPort(bridge: string, node: LabNode): string {
  return `${bridge}-${node.index}`;
}
