/** The API group of Kube-OVN's kinds, which are ours too. */
export const kubeOvnGroup = 'kubeovn.io';

/** The API group of the kinds that are Berth's alone. */
export const berthGroup = 'gateway.berth.dev';

/** The router that Kube-OVN calls the default VPC. */
export const defaultVpc = 'ovn-cluster';

/** Finalizer of Kube-OVN: the object stays until what was made for it in OVN is gone. */
export const controllerFinalizer = 'kubeovn.io/kube-ovn-controller';

// Labels of nodes

/** Node label, "true" or "false": the node may carry centralized external traffic. Users write it; we never do. */
export const externalGatewayLabel = 'ovn.kubernetes.io/external-gw';

/** Node label, "true" or "false": the node has the port `ovnext0` and is a next hop for BFD. */
export const nodeExternalGatewayLabel = 'ovn.kubernetes.io/node-ext-gw';

/** Node annotation: name of the node's Chassis, its `system-id`. */
export const chassisAnnotation = 'ovn.kubernetes.io/chassis';

/** What Kube-OVN notes on a node about a provider network. */
export type ProviderNetworkKey = 'ready' | 'interface' | 'mtu' | 'exclude' | 'vlan_interfaces';

/** Node label `<network>.provider-network.kubernetes.io/<key>`. */
export function providerNetworkLabel(network: string, key: ProviderNetworkKey): string {
  return `${network}.provider-network.kubernetes.io/${key}`;
}

// Labels and annotations of addresses and rules

/** Label of OvnEip and IP: name of its subnet. */
export const subnetLabel = 'ovn.kubernetes.io/subnet';

/** Label of OvnEip: its type. */
export const eipTypeLabel = 'ovn.kubernetes.io/ovn_eip_type';

/** Label of OvnEip and of the rules on it: its IPv4 address. */
export const eipV4IpLabel = 'ovn.kubernetes.io/eip_v4_ip';

/** Label of OvnEip and of the rules on it: its IPv6 address, see `ipv6LabelValue`. */
export const eipV6IpLabel = 'ovn.kubernetes.io/eip_v6_ip';

/** Label of OvnEip: name of the Vpc of the rule bound last. */
export const vpcLabel = 'ovn.kubernetes.io/vpc';

/** Label of routers that Kube-OVN found in the Northbound database and does not own. */
export const vpcExternalLabel = 'ovn.kubernetes.io/vpc_external';

/** Annotation of OvnEip: name of the rule bound last. */
export const vpcNatAnnotation = 'ovn.kubernetes.io/vpc_nat';

/** Annotation of a rule: name of its OvnEip. */
export const vpcEipAnnotation = 'ovn.kubernetes.io/vpc_eip';

/** Annotation of OvnEip: the namespaces whose workloads may use it, with commas between; without it, or with `*`, all may. */
export const allowedNamespacesAnnotation = 'berth.dev/allowed-namespaces';

/** Longest value of a label, and longest name of one behind its prefix (Kubernetes, "Labels and Selectors"). */
export const labelLength = 63;

/** Label of IP: name of its node, where that is not too long for a label. */
export const nodeNameLabel = 'ovn.kubernetes.io/node-name';

/** Label of IP: the address is kept though nobody uses it. */
export const ipReservedLabel = 'ovn.kubernetes.io/ip_reserved';

/** An IPv6 address as a label value: "-" for ":", and a 0 where it would begin or end with "-". */
export function ipv6LabelValue(ip: string): string {
  return ip.replaceAll(':', '-').replace(/^-/, '0-').replace(/-$/, '-0');
}

// Annotations of pods and namespaces

/** Pod annotation, "true": the addresses below were given by the controller. */
export const allocatedAnnotation = 'ovn.kubernetes.io/allocated';

/** Pod annotation: the address asked for or given, both families with a comma between. */
export const ipAddressAnnotation = 'ovn.kubernetes.io/ip_address';

/** Pod annotation: addresses of which the pods of a workload ask for one each, or the name of a pool. Not read. */
export const ipPoolAnnotation = 'ovn.kubernetes.io/ip_pool';

/** Pod annotation: the MAC address asked for or given. */
export const macAddressAnnotation = 'ovn.kubernetes.io/mac_address';

/** Pod and namespace annotation: name of the subnet. */
export const logicalSwitchAnnotation = 'ovn.kubernetes.io/logical_switch';

/** Pod annotation: name of the Vpc of the subnet, asked for or given. */
export const logicalRouterAnnotation = 'ovn.kubernetes.io/logical_router';

/** Pod annotation: CIDR of the subnet. */
export const cidrAnnotation = 'ovn.kubernetes.io/cidr';

/** Pod annotation: gateway of the subnet. */
export const gatewayAnnotation = 'ovn.kubernetes.io/gateway';

/** Pod annotation, "true": the network of the pod is complete. */
export const routedAnnotation = 'ovn.kubernetes.io/routed';

/** Pod annotation, "true": the pod may send with no address but its own (ovn-nb(5), Logical_Switch_Port port_security). */
export const portSecurityAnnotation = 'ovn.kubernetes.io/port_security';

/** Pod annotation: routes inside the pod, a JSON list of `dst` and `gw`. */
export const podRoutesAnnotation = 'ovn.kubernetes.io/routes';

/** Pod annotation of the default VPC: a public address for the pod, without OvnEip and OvnFip. */
export const podEipAnnotation = 'ovn.kubernetes.io/eip';

/** Pod annotation of the default VPC: the public source address of the pod. */
export const podSnatAnnotation = 'ovn.kubernetes.io/snat';

// The ConfigMap of the external gateway

/** Name of the ConfigMap that sets up the external gateway. */
export const externalGatewayConfigName = 'ovn-external-gw-config';

/** Namespace it is in, unless the installation says otherwise. */
export const externalGatewayConfigNamespace = 'kube-system';

/** Name of the external subnet where nothing names one (Kube-OVN's `--external-gateway-switch`). */
export const defaultExternalSubnet = 'external';

/** Keys of that ConfigMap; all values are strings. */
export const externalGatewayConfigKeys = {
  /** "false" takes the gateway away; anything else sets it up. */
  enabled: 'enable-external-gw',
  /** `centralized` or `distributed`: where floating IPs are answered that say nothing themselves. */
  type: 'type',
  /** Names of gateway nodes with commas between, beside the labelled ones. */
  nodes: 'external-gw-nodes',
  /** NIC for the external bridge. */
  nic: 'external-gw-nic',
  /** Next hop; a prefix length after it is ignored. Default the gateway of the default external subnet. */
  address: 'external-gw-addr',
  /** Address of the default VPC's router port, with prefix length. Default given by allocation. */
  nicIp: 'nic-ip',
  /** MAC address of that router port. */
  nicMac: 'nic-mac',
} as const;

// Berth's own

/** Key in `external_ids`: name of the Berth instance that made the row and may change it. */
export const ownerKey = 'berth.dev/owner';

/** Key in `external_ids`: the object a row was made for, as `ovn-fip/web`. */
export const originKey = 'berth.dev/origin';

/** Key in `external_ids` of NB_Global and SB_Global: epoch of the controller that may write. */
export const epochKey = 'berth.dev/epoch';

/** Key in `external_ids` of NB_Global: that epoch again, and after a space who raised it: `cluster/UID`, or `state/HOST:PATH` of a folder's. */
export const leadKey = 'berth.dev/lead';

/** Key in `external_ids` of NB_Global: that epoch again, and after a space since when the one who raised it leads, in RFC 3339. */
export const leadSinceKey = 'berth.dev/lead-since';

/** Annotation of the Lease by which controllers agree on who leads: the epoch of another lead of the OVN that theirs may follow. */
export const takeOverAnnotation = 'berth.dev/take-over';

/** Key in `external_ids`: what a row that was taken over had before, as JSON, so that it can be given back. */
export const formerKey = 'berth.dev/former';

/**
 * Beginning of keys in `external_ids` of NB_Global, one for each row that was given back: its UUID follows. The value is the Berth instance that gave
 * it back. The row itself bears no mark: it is somebody else's, and as it was.
 */
export const givenBackPrefix = 'berth.dev/given-back/';

/**
 * Key in `external_ids` of the rows that are as they are because of a keep: what it said when it could be read last. An annotation
 * that cannot be read goes by it.
 */
export const keptKey = 'berth.dev/kept';

/**
 * Key in `external_ids`: the number of NB_Global `nb_cfg` that the last change of the row came with, as `7`; `>7` where it came after 7 and
 * before the next one. A chassis that has carried out that number (SB Chassis_Private) has the row.
 */
export const changeKey = 'berth.dev/change';

/**
 * Beginning of keys in `external_ids` of a router port: the number of the change that gave it another order of gateways, as of {@link changeKey},
 * follows. The value is the order before that change, see `former-order.ts`.
 */
export const formerOrderPrefix = 'berth.dev/gateways-before/';

/**
 * Beginning of keys in `external_ids` of NB_Global, one for what a change took from a chassis on an external switch: the number of the change, as
 * of {@link changeKey}, the switch, the first of the addresses and the chassis follow. See `linger-list.ts` for the value.
 */
export const takenPrefix = 'berth.dev/taken/';

/**
 * The same as it was written before, one key for each address: the address, the external switch and the chassis follow. The value is the number
 * of the change, the MAC it was answered with, and the object that had it. It is only read.
 */
export const lingersPrefix = 'berth.dev/lingers/';

/**
 * On OvnFip, Vpc and Subnet: what was found when their rows were taken over, as JSON. It counts for as long as it is there; without
 * it, or empty, they are programmed as their fields say. See `keep.ts`.
 */
export const keepAnnotation = 'berth.dev/keep';

/**
 * On OvnEip and Vip: the addresses in its spec that we chose and nobody asked for, with commas between. While nothing depends on them
 * they make way for an object that asks for one of them; taking the annotation away makes them the user's.
 */
export const chosenAddressesAnnotation = 'berth.dev/chosen-addresses';

/**
 * On the IP of a pod: who got its addresses, the uid of the pod, or of the instance of the virtual machine in it. Those keep them for as
 * long as they live, whatever they ask for meanwhile.
 */
export const podUidAnnotation = 'berth.dev/pod-uid';

/**
 * On the IP of a pod that is gone: since when, how long its address is kept for the next pod of its name, and the pod as it was, as JSON. See
 * `ip/awaited-pod.ts`.
 */
export const awaitedPodAnnotation = 'berth.dev/awaited-pod';

/** On an OvnEip or an external Subnet: `"true"` uses its addresses though others answer for them, and asks nobody. */
export const allowAddressInUseAnnotation = 'berth.dev/allow-address-in-use';

/** On a Vpc: `"true"` attaches it to further external subnets though that stops its DNAT rules. */
export const allowDnatStopAnnotation = 'berth.dev/allow-dnat-stop';

/**
 * On a Vpc: while it is there with any value, the order of gateways is the even one, whichever serves now. It is a state and no
 * request, so that nobody has to remember whether it was carried out; taking it away leaves the gateways where they are.
 */
export const rebalanceAnnotation = 'berth.dev/rebalance';

/** Key in `external_ids` of NB_Global: whose Berth set the options of tunnel BFD, and to what. */
export const tunnelBfdKey = 'berth.dev/bfd';

/** On an event: the rows that it is about, as `DB/TABLE/UUID`, so that who comes next knows the same thing in other words. */
export const aboutAnnotation = 'berth.dev/about';
