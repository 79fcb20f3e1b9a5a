import type { Cidr, InterfaceAddress, Ip, Mac } from '@berth/net';
import type { ObjectRef } from '../finding/finding.ts';
import type { Origin } from './origin.ts';

/** Resources after defaults, references and policy are resolved. Plain data, in one fixed order, addresses included. */
export type Intent = {
  readonly vpcs: readonly VpcIntent[];
  readonly externals: readonly ExternalSubnetIntent[];
};

/** A router and everything only it needs. */
export type VpcIntent = {
  readonly name: string;
  readonly ref: ObjectRef;
  readonly subnets: readonly OverlaySubnetIntent[];
  readonly attachments: readonly AttachmentIntent[];
  readonly routes: readonly RouteIntent[];
  readonly floatingIps: readonly FloatingIpIntent[];
};

/** One address family of a subnet: its network and the router's address in it. */
export type Network = { readonly cidr: Cidr; readonly gateway: Ip };

/** A subnet whose packets travel in tunnels. */
export type OverlaySubnetIntent = {
  readonly name: string;
  readonly ref: ObjectRef;
  readonly networks: readonly Network[];
  readonly ports: readonly WorkloadPortIntent[];
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
  /** What made the VPC attach: `spec.enableExternal` or an entry of `spec.extraExternalSubnets`. */
  readonly origin: Origin;
};

/** A member of a gateway group. */
export type GatewayIntent = { readonly node: string; readonly chassis: string; readonly origin: Origin };

/** A static route of a router. */
export type RouteIntent = {
  readonly prefix: Cidr;
  readonly nextHop: Ip;
  readonly policy: 'dst-ip' | 'src-ip';
  /** Empty is the main table. */
  readonly table: string;
  /** The external subnet the route leaves by, when that is known. */
  readonly subnet: string | undefined;
  readonly origin: Origin;
};

/** Where the NAT of a floating IP runs. */
export type Placement = 'distributed' | 'centralized' | 'gateway-local';

/** The placement that counts, what was asked for, and what decided. */
export type PlacementDecision = {
  readonly effective: Placement;
  readonly wanted: Placement;
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
};
