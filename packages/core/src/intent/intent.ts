import type { Cidr, Endpoint, InterfaceAddress, Ip, Mac } from '@berth/net';
import type { ObjectRef } from '../finding/finding.ts';
import type { Origin } from '../finding/origin.ts';

/** Resources after defaults, references and policy are resolved. Plain data, in one fixed order, addresses included. */
export type Intent = {
  readonly vpcs: readonly VpcIntent[];
  readonly externals: readonly ExternalSubnetIntent[];
  /** Tunnel BFD that policies ask for; undefined where none does, and NB is left as it is. */
  readonly tunnelBfd?: TunnelBfdIntent | undefined;
  /** Names of the nodes by chassis, for what is told of rows; absent where nobody asked an OVN. */
  readonly nodeNames?: ReadonlyMap<string, string>;
  /** The chassis that have ports now, by the port's name, for what is told of a change; absent as above. */
  readonly claims?: ReadonlyMap<string, string>;
};

/** BFD of all tunnels (ovn-nb(5), NB_Global options bfd-min-tx, bfd-min-rx and bfd-mult), and whose wish it is. */
export type TunnelBfdIntent = {
  readonly minTxMs: number;
  readonly minRxMs: number;
  readonly multiplier: number;
  readonly origin: Origin;
};

/** A router and everything only it needs. */
export type VpcIntent = {
  readonly name: string;
  readonly ref: ObjectRef;
  readonly subnets: readonly OverlaySubnetIntent[];
  readonly attachments: readonly AttachmentIntent[];
  readonly routes: readonly RouteIntent[];
  readonly policies: readonly PolicyIntent[];
  /** Next hops that are watched. */
  readonly bfdSessions: readonly BfdIntent[];
  readonly floatingIps: readonly FloatingIpIntent[];
  readonly sourceNats: readonly SourceNatIntent[];
  readonly portForwards: readonly PortForwardIntent[];
};

/** One address family of a subnet: its network and the router's address in it. */
export type Network = { readonly cidr: Cidr; readonly gateway: Ip };

/** A subnet whose packets travel in tunnels. */
export type OverlaySubnetIntent = {
  readonly name: string;
  readonly ref: ObjectRef;
  readonly networks: readonly Network[];
  readonly ports: readonly WorkloadPortIntent[];
  /** The MAC of the router's port, where it was found and is kept; otherwise it follows from the names. */
  readonly routerMac?: Mac;
  /** What it keeps, as `keepText` writes it; absent where it keeps nothing. */
  readonly keep?: string;
};

/** A workload's port: the IP object and where it is bound. The name is that of the logical switch port. */
export type WorkloadPortIntent = {
  readonly name: string;
  readonly ref: ObjectRef;
  readonly mac: Mac;
  readonly addresses: readonly Ip[];
  readonly node: string | undefined;
  /** SB name of the node's chassis; undefined while the node is not part of the OVN. */
  readonly chassis: string | undefined;
  /** It may send with no address but its own: `port_security`. */
  readonly isRestricted?: true;
};

/** A subnet that is a physical network: shared by every VPC that is attached to it. */
export type ExternalSubnetIntent = {
  readonly name: string;
  readonly ref: ObjectRef;
  readonly vlanRef: ObjectRef;
  /** The ProviderNetwork: the name that bridge mappings use. */
  readonly provider: string;
  /** 0 is untagged. */
  readonly vlanId: number;
  readonly networks: readonly Network[];
  /** Ports for nodes, one for each OvnEip of type lsp. */
  readonly nodePorts: readonly NodePortIntent[];
  /** Nodes that bind a port here only so that gateways see one more chassis. */
  readonly witnesses: readonly WitnessIntent[];
  /** How its uplinks are watched. */
  readonly uplinkProbe: UplinkProbeIntent;
};

/** A port without address that a node binds so that its chassis counts in the election of gateways. */
export type WitnessIntent = {
  /** The name of the logical switch port. */
  readonly port: string;
  readonly node: string;
  readonly chassis: string;
};

/** How agents find out whether a node reaches an external subnet. */
export type UplinkProbeIntent = {
  /** Addresses, one of which must answer. */
  readonly targets: readonly Ip[];
  readonly intervalMs: number;
  /** Rounds without an answer after which the uplink is down. */
  readonly failureThreshold: number;
  /** Rounds with an answer after which it is up again. */
  readonly successThreshold: number;
};

/** A node's own port on an external subnet. The name is that of the OvnEip and of the logical switch port. */
export type NodePortIntent = {
  readonly name: string;
  readonly ref: ObjectRef;
  readonly mac: Mac;
  readonly addresses: readonly Ip[];
};

/** A VPC's port on an external subnet. */
export type AttachmentIntent = {
  readonly subnet: string;
  /** The OvnEip of type lrp that holds the port's addresses. */
  readonly eip: ObjectRef;
  readonly mac: Mac;
  /** The port's addresses, with the networks they are on. */
  readonly addresses: readonly InterfaceAddress[];
  /** Gateway chassis, most preferred first. */
  readonly gateways: readonly GatewayIntent[];
  /** The node of the gateway that serves and is to leave, while it does. */
  readonly draining?: string;
  /** The group was found with one member and is kept: a second one, the keeper, would start BFD and stop traffic meanwhile. */
  readonly isAlone?: true;
  /** What the VPC keeps, as `keepText` writes it; absent where it keeps nothing. */
  readonly keep?: string;
  /** The largest packet the external network takes, in bytes; undefined while nothing says. */
  readonly mtu: { readonly bytes: number; readonly origin: Origin } | undefined;
  /** What made the VPC attach: `spec.enableExternal`, an entry of `spec.extraExternalSubnets`, or the ConfigMap. */
  readonly origin: Origin;
};

/** A member of a gateway group. */
export type GatewayIntent = {
  readonly node: string;
  readonly chassis: string;
  readonly origin: Origin /** The priority that it has in a group that was found and is kept; absent where its place says it. */;
  readonly priority?: number;
};

/** A static route of a router. */
export type RouteIntent = {
  readonly prefix: Cidr;
  readonly nextHop: Ip;
  readonly policy: 'dst-ip' | 'src-ip';
  /** Empty is the main table. */
  readonly table: string;
  /** The external subnet the route leaves by, when that is known. */
  readonly subnet: string | undefined;
  /** What takes the route away while its next hop is dead: a session of this VPC, or a row somebody else made. */
  readonly bfd: BfdSession | { readonly row: string } | undefined;
  readonly symmetricReply: boolean;
  readonly origin: Origin;
};

/** Names a BFD session of a router: by which external subnet, and to whom. */
export type BfdSession = { readonly subnet: string; readonly peer: Ip };

/** How often a BFD session asks and when it gives up (RFC 5880 section 4.1). */
export type BfdTimers = {
  readonly minTxMs: number;
  readonly minRxMs: number;
  readonly detectMultiplier: number;
};

/** A BFD session between a router's external port and a next hop. */
export type BfdIntent = BfdSession & BfdTimers & { readonly origin: Origin };

/** A routing policy: it comes after routes and overrides them. */
export type PolicyIntent = {
  readonly priority: number;
  /** As ovn-nb(5) has it. */
  readonly match: string;
  readonly action: 'allow' | 'drop' | 'reroute';
  /** For reroute, at least one; for the others none. */
  readonly nextHops: readonly Ip[];
  readonly origin: Origin;
};

/** Where the NAT of a floating IP runs. */
export type Placement = 'distributed' | 'centralized' | 'gateway-local';

/** The placement that counts, what was asked for, and what decided. */
export type PlacementDecision = {
  readonly effective: Placement;
  readonly wanted: Placement;
  /** Whether the workload's own chassis answers: distributed, or gateway-local on a node that could be a gateway. */
  readonly atWorkload: boolean;
  /** The fields that decide, most specific first; empty when it is the default. */
  readonly decidedBy: readonly Origin[];
};

/** A floating IP that has its addresses and its target. */
export type FloatingIpIntent = {
  readonly name: string;
  readonly ref: ObjectRef;
  readonly eip: ObjectRef;
  readonly subnet: string;
  readonly mac: Mac;
  /** One pair per address family: what the outside uses, and the workload's own. */
  readonly pairs: readonly { readonly external: Ip; readonly logical: Ip }[];
  readonly target: {
    readonly origin: Origin;
    /** The logical switch port of the workload; undefined when the target is a bare address. */
    readonly port: string | undefined;
    readonly node: string | undefined;
  };
  readonly placement: PlacementDecision;
  /** OVN translates without conntrack: found so, and kept. */
  readonly stateless?: true;
  /** What it keeps, as `keepText` writes it; absent where it keeps nothing. */
  readonly keep?: string;
};

/** One public source address for the traffic of a network or a workload. */
export type SourceNatIntent = {
  readonly name: string;
  readonly ref: ObjectRef;
  readonly eip: ObjectRef;
  readonly subnet: string;
  /** One pair per address family: what the outside sees, and whose traffic it is. */
  readonly pairs: readonly { readonly external: Ip; readonly logical: Ip | Cidr }[];
  /** The field that names the traffic. */
  readonly source: Origin;
};

/** One port of a public address for one port of a workload. */
export type PortForwardIntent = {
  readonly name: string;
  readonly ref: ObjectRef;
  readonly eip: ObjectRef;
  readonly subnet: string;
  readonly protocol: 'tcp' | 'udp';
  /** One pair per address family. */
  readonly forwards: readonly { readonly external: Endpoint; readonly logical: Endpoint }[];
  /** The field that names the workload. */
  readonly target: Origin;
};
