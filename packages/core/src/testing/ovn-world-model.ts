/** A hypervisor. */
export type WorldNode = {
  /** The system-id, and the hostname where none is given. */
  readonly name: string;
  readonly hostname?: string;
  /** External networks it has a bridge for; all of the world's when left out. */
  readonly mappings?: readonly string[];
  /** What it says of itself; `netdev` when left out. */
  readonly datapath?: string;
  /** False for one that groups may name and that has no rows in SB. */
  readonly present?: boolean;
  readonly encapsulation?: 'geneve' | 'vxlan';
  /** True for one that has not carried out what others have. */
  readonly lags?: boolean;
};

/** A switch that is the image of a physical network. */
export type WorldExternal = {
  readonly name: string;
  /** What localnet and bridge mappings call it; the switch's name when left out. */
  readonly network?: string;
  readonly vlan?: number;
  /** False for a switch without a localnet port. */
  readonly localnet?: boolean;
  readonly subnets?: readonly string[];
};

export type WorldGatewayPort = {
  /** `<router>-<external>` when left out. */
  readonly name?: string;
  readonly external: string;
  /** An address of each of the external subnets when left out. */
  readonly networks?: readonly string[];
  /** Chassis and priority. One that no node of the world has is a keeper. */
  readonly members: readonly (readonly [chassis: string, priority: number])[];
  /** Name of an HA_Chassis_Group to use; Gateway_Chassis rows when left out. Ports that name one group share it. */
  readonly group?: string;
  /** Who claims it, where it is not the one that wins the election; null for nobody. */
  readonly claimedBy?: string | null;
};

export type WorldPod = {
  readonly name: string;
  /** Undefined: bound nowhere. */
  readonly node?: string | undefined;
  /** The next free of the subnet's when left out. */
  readonly ips?: readonly string[];
  readonly mac?: string;
};

export type WorldSubnet = {
  readonly name: string;
  /** The router's addresses in it, `192.168.<place>.1/24` when left out. */
  readonly networks?: readonly string[];
  readonly pods?: readonly WorldPod[];
};

export type WorldNat = {
  readonly type: 'snat' | 'dnat' | 'dnat_and_snat';
  readonly externalIp: string;
  readonly logicalIp: string;
  readonly externalMac?: string | undefined;
  readonly logicalPort?: string | undefined;
  /** Name of the gateway port. */
  readonly gatewayPort?: string | undefined;
  readonly options?: Readonly<Record<string, string>>;
  readonly externalIds?: Readonly<Record<string, string>>;
};

export type WorldRoute = {
  readonly prefix: string;
  readonly nexthop: string;
  readonly outputPort?: string;
  readonly policy?: 'dst-ip' | 'src-ip';
};

export type WorldBalancer = {
  readonly name: string;
  readonly vips: Readonly<Record<string, string>>;
  readonly protocol?: 'tcp' | 'udp';
  readonly externalIds?: Readonly<Record<string, string>>;
};

export type WorldRouter = {
  readonly name: string;
  readonly externalIds?: Readonly<Record<string, string>>;
  readonly gatewayPorts?: readonly WorldGatewayPort[];
  readonly subnets?: readonly WorldSubnet[];
  readonly nat?: readonly WorldNat[];
  readonly balancers?: readonly WorldBalancer[];
  /** A default route by each gateway port's network when left out. */
  readonly routes?: readonly WorldRoute[];
};

/** An OVN in a few words. */
export type OvnWorld = {
  readonly nodes: readonly WorldNode[];
  readonly externals: readonly WorldExternal[];
  readonly routers: readonly WorldRouter[];
  readonly nbOptions?: Readonly<Record<string, string>>;
  /** `23.03.1` when left out. */
  readonly release?: string;
};
