import type { NbTables } from '@berth/ovn';
import type { Snapshot, Uuid } from '@berth/ovsdb/value';
import type { ForeignAddresses } from './foreign-by-switch.ts';
import type { GuestPorts } from './guest-ports.ts';
import type { Lacking } from './lacking.ts';
import type { LingerMark } from './linger-mark.ts';

/** A chassis of the OVN: one hypervisor, gateways included. */
export type Chassis = {
  /** The SB name: the `system-id` of its Open vSwitch. */
  readonly name: string;
  readonly hostname: string;
  /** External networks it has a bridge for, by the name that localnet ports use. */
  readonly mappings: ReadonlySet<string>;
  /** What only the analysis needs; absent where a fabric was made by hand. */
  readonly details?: ChassisDetails;
};

/** What SB tells of a chassis beyond its name and its bridges. */
export type ChassisDetails = {
  readonly row: Uuid;
  /** Tunnel types it accepts, `geneve` first where it has it, and where (SB Encap). */
  readonly encapsulations: readonly { readonly type: string; readonly ip: string }[];
  /** `userspace` for `datapath-type=netdev`; undefined when the chassis does not say. */
  readonly datapath: 'kernel' | 'userspace' | undefined;
  /** The last NB_Global.nb_cfg it has carried out (SB Chassis_Private). */
  readonly nbCfg: number | undefined;
  /** A chassis of another availability zone (OVN-IC). */
  readonly isRemote: boolean;
};

/** A member of a gateway group as NB has it. */
export type GatewayMember = {
  readonly chassis: string;
  readonly priority: number;
  /** No Berth made or took over the row, so none changes it; absent is taken as false. */
  readonly isForeign?: true;
};

/**
 * The chassis among which OVN elects the gateway of a router port (SB HA_Chassis_Group). `l3gateway` routers, which
 * are pinned to one chassis, are groups of one.
 */
export type GatewayGroup = {
  /** The name of the group in SB. Router ports may share one. */
  readonly name: string;
  readonly row: Uuid | undefined;
  /** Every member row, in the order of election: priority, then name, both descending. */
  readonly members: readonly GroupMember[];
  /** Chassis whose tunnels to the members run BFD though they are no members (`ref_chassis`). */
  readonly witnesses: ReadonlySet<string>;
  /**
   * Ports whose chassis northd counts as witnesses: those on any switch of the routers that hang together with this
   * one. Shared between the groups of one router group.
   */
  readonly watchedPorts: ReadonlySet<string>;
  /** SB says that nobody acts as the gateway: see `asClaimed`. */
  readonly isUnclaimed?: boolean;
  /** Its router or router port is disabled, so that northd makes no port that anybody could claim. */
  readonly isOff?: boolean;
};

export type GroupMember = {
  readonly chassis: string;
  readonly priority: number;
  /** Whether the chassis has a row in SB. A member without one counts for the size of the group and for nothing else. */
  readonly present: boolean;
};

/** A logical port as SB has it (SB Port_Binding). */
export type PortBinding = {
  readonly name: string;
  readonly row: Uuid;
  readonly type: string;
  /** The chassis that claims it. For a gateway's `cr-` port it is a report and not proof. */
  readonly chassis: string | undefined;
  /** MAC and addresses, as the row lists them. */
  readonly addresses: readonly string[];
  readonly up: boolean | undefined;
};

/** A physical network, as far as one logical switch is its image. */
export type ExternalNetwork = {
  /** The name that localnet ports and bridge mappings use. */
  readonly network: string;
  /** Name and row of the logical switch that has the localnet port. */
  readonly switchName: string;
  readonly switchRow: Uuid;
  readonly vlanId: number;
  /** Router ports that are attached to it, by name. */
  readonly routerPorts: readonly string[];
};

/** Tunnel BFD as NB_Global sets it (ovn-nb(5), `bfd-min-rx` and so on), OVS's own values where it does not. */
export type TunnelBfd = {
  readonly minRxMs: number;
  readonly minTxMs: number;
  readonly multiplier: number;
};

/** Release of the OVN, as far as it changes what packets do: `{ year: 23, month: 3 }`. */
export type Release = { readonly year: number; readonly month: number };

/** What is known of a node from its agent. Absent fields are not known. */
export type NodeHealth = {
  /** Kubernetes name of the node. */
  readonly node: string;
  readonly chassis?: string;
  /**
   * False when the agent has gone silent: the rest is how things were. What it said of ovn-controller and the flows stands until something tells
   * otherwise, see `saysItStandsStill`; whoever knows of that leaves it out. Absent is taken as true.
   */
  readonly isFresh?: boolean;
  /** The kubelet's word. */
  readonly ready?: boolean;
  /** External networks that are reached, or not, by network name. */
  readonly uplinks?: ReadonlyMap<string, boolean>;
  /** Whether ovn-controller runs. */
  readonly controllerRuns?: boolean;
  /** Whether ovn-controller says that it is connected to SB, and the flows are its own. One that hangs says nothing, and is not. */
  readonly controllerConnected?: boolean;
  /** That it runs and has not been connected for longer than a start takes: whoever reads reports more than once tells. */
  readonly controllerHangs?: true;
  /** Whether ovn-controller has installed its flows since vswitchd started. */
  readonly flowsInstalled?: boolean;
  /** MAC addresses of gateways that the node keeps from answering for. */
  readonly fenced?: ReadonlySet<string>;
  /** Whether BFD sees the other end of a tunnel, by the chassis there; only tunnels that BFD watches. */
  readonly tunnels?: ReadonlyMap<string, boolean>;
  /** The MAC that answered for each address that was asked for, undefined for none, see `checkKey`. Absent where the agent asks for none. */
  readonly checked?: ReadonlyMap<string, string | undefined>;
};

/** The state of the data plane as NB and SB tell it. Unknown is undefined or absent, never a guess. */
export type Fabric = {
  /** By SB name. */
  readonly chassis: ReadonlyMap<string, Chassis>;
  /** Chassis that claims a port, by logical port: a workload's, or `cr-<router port>` for a gateway. */
  readonly claims: ReadonlyMap<string, string>;
  /** Members of each router port's group in the order of election, by the port's name. */
  readonly gateways: ReadonlyMap<string, readonly GatewayMember[]>;
  /** UUIDs of the BFD rows of NB. */
  readonly bfdRows: ReadonlySet<string>;
  /** What agents report, by node; absent or empty where there are none. */
  readonly health?: ReadonlyMap<string, NodeHealth>;
  /**
   * The gateway claims that have held long enough for an order to follow them, by `cr-<router port>`. Absent where nobody
   * watches the time: then every claim counts.
   */
  readonly heldClaims?: ReadonlyMap<string, string>;
  /**
   * Gateway ports, as `cr-<router port>`, whose claim has stood as it is for as long as an order waits to follow one. Absent where
   * nobody watches the time: then all have.
   */
  readonly settledClaims?: ReadonlySet<string>;
  /**
   * Gateways that are to leave and have drained for long enough, see `drainKey`. Absent where nobody watches the time: then none
   * has.
   */
  readonly drained?: ReadonlySet<string>;
  /** How many seconds gateways that drain have left, see `drainKey`. Absent where nobody tells: then it is all that the policy gives. */
  readonly drainLeft?: ReadonlyMap<string, number>;
  /** Chassis that are confirmed dead: silent, unseen by every tunnel that watches them, and not carrying out anything. */
  readonly deadChassis?: ReadonlySet<string>;
  /** Chassis that were confirmed dead, have made themselves a new row since, and of whose agents nothing has been heard so far. */
  readonly returned?: ReadonlySet<string>;
  /**
   * Chassis that have not carried out what others have, with the number of NB_Global `nb_cfg` they got to. Where somebody watches the time
   * only those that have stood there for a while.
   */
  readonly behind?: ReadonlyMap<string, number>;
  /** What chassis lack that stand still, see `frozenChassis`. */
  readonly lacking?: ReadonlyMap<string, Lacking>;
  /** Addresses that were taken from chassis of which it is not known that they have carried that out. Absent for none. */
  readonly lingers?: readonly LingerMark[];
  /**
   * Those of them, by `lingerKey`, that are too new to be told of: an agent may be about to keep the address from being answered. Absent where
   * nobody watches the time.
   */
  readonly freshLingers?: ReadonlySet<string>;
  /**
   * Chassis that have stood still for as long as an order waits to follow a claim. Absent where nobody watches the time: then every one
   * has that stands still.
   */
  readonly stuck?: ReadonlySet<string>;
  /**
   * Chassis whose agents are silent, and that have carried out nothing since: for as long as it takes to tell whether they stand still. Absent
   * where nobody watches the time: rows tell then.
   */
  readonly doubted?: ReadonlySet<string>;
  /**
   * What was programmed before, for objects whose addresses are not stored: nothing else depends on it. Absent where a
   * fabric was made by hand.
   */
  readonly northbound?: Snapshot<NbTables>;
  /** The router ports that have learned of a neighbour (ovn-sb(5), MAC_Binding); undefined where that is not read. */
  readonly learned?: ReadonlySet<string>;
  /**
   * The same as it was when a chassis that stands still began to, by chassis. Absent where nobody watches the time.
   */
  readonly learnedBy?: ReadonlyMap<string, ReadonlySet<string>>;
  /** What only the analysis needs; absent where a fabric was made by hand. */
  readonly dataPlane?: DataPlane;
  /** The addresses that ports of others have, by the name of the logical switch. Absent for none. */
  readonly foreignAddresses?: ReadonlyMap<string, ForeignAddresses>;
  /** The ports of others on switches of a Berth's, by the name of the switch. Absent for none. */
  readonly guestPorts?: GuestPorts;
  /** The routers that a Berth gave back to somebody else, by name. Absent for none. */
  readonly givenBack?: ReadonlySet<string>;
};

/** The part of the fabric that decides what packets meet. */
export type DataPlane = {
  /** The group of each gateway port, by the router port's name. */
  readonly groups: ReadonlyMap<string, GatewayGroup>;
  /** By logical port. */
  readonly bindings: ReadonlyMap<string, PortBinding>;
  /** What routers have learned of who has an address, see {@link neighbourOf}. Absent where it was not read. */
  readonly neighbours?: ReadonlyMap<string, string>;
  /** By row of the logical switch. */
  readonly externals: ReadonlyMap<Uuid, ExternalNetwork>;
  readonly tunnelBfd: TunnelBfd;
  /** Undefined when SB does not say which northd wrote it. */
  readonly release: Release | undefined;
  /** By node name, sorted. */
  readonly reports: readonly NodeHealth[];
  /** The chassis that each member of SB's cluster runs on, undefined for one that runs elsewhere. Absent where it is not known. */
  readonly sbMembers?: readonly (string | undefined)[];
  /** What is taken for granted, one sentence each: no chassis reports on itself, so all in SB are taken as alive. */
  readonly assumptions: readonly string[];
};

/** Names an address of an external network in `checked` of a node's health. */
export function checkKey(check: {
  readonly network: string;
  readonly vlanId: number;
  readonly ip: string;
}): string {
  return [check.network, check.vlanId, check.ip].join(' ');
}

/** Whether a report is about a chassis: by its SB name, else by the node's name. */
export function isReportOf(
  { node, chassis }: NodeHealth,
  { name, hostname }: Pick<Chassis, 'name' | 'hostname'>,
): boolean {
  return chassis === name || node === hostname;
}

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
export function gatewayClaim(fabric: Pick<Fabric, 'claims'>, routerPort: string): string | undefined {
  return fabric.claims.get(`cr-${routerPort}`);
}

/** Whether that claim has stood for as long as an order waits to follow one; so it has where nobody watches the time. */
export function isClaimSettled(
  { settledClaims }: Pick<Fabric, 'settledClaims'>,
  routerPort: string,
): boolean {
  return settledClaims?.has(`cr-${routerPort}`) !== false;
}
