import { z } from 'zod';
import { dualCidrText, dualIpText, ipRangeText, ipText } from '../field/address.ts';
import { crossCheck } from '../field/cross-check.ts';
import { conditionsSchema, labelSelectorSchema, metadataSchema } from '../resource/meta.ts';
import type { DeepReadonly } from '../resource/readonly.ts';
import { checkSubnet } from './check.ts';

const unsigned = z.int().min(0, { message: 'the number must not be negative' });
const flag = (description: string) => z.boolean().describe(description).optional();
const text = (description: string) => z.string().describe(description).optional();
const texts = (description: string) => z.array(z.string()).describe(description).optional();
const count = (description: string) => z.number().describe(description).optional();

const natOutgoingPolicyRule = {
  match: z
    .strictObject({
      srcIPs: text('Source networks and addresses with commas between.'),
      dstIPs: text('Destination networks and addresses with commas between.'),
    })
    .describe('Which packets.'),
  action: z.string().describe('nat or forward.'),
};

const aclSchema = z.strictObject({
  direction: text('from-lport or to-lport.'),
  priority: z.int().describe('The highest that matches counts; 0 to 32767.').optional(),
  match: text('Which packets, as ovn-nb(5) has it.'),
  action: text('allow-related, allow-stateless, allow, drop or reject.'),
});

const specSchema = z.strictObject({
  default: flag('Whether it is the default Subnet of its Vpc.'),
  vpc: text('Name of the Vpc; default the default Vpc, ovn-cluster.'),
  protocol: z
    .enum(['IPv4', 'IPv6', 'Dual'])
    .describe('What cidrBlock holds: IPv4, IPv6 or Dual; default exactly that.')
    .optional(),
  namespaces: texts('Namespaces whose pods are in this Subnet.'),
  cidrBlock: dualCidrText().describe('Its network, or one of each family with a comma between.'),
  gateway: dualIpText()
    .describe(
      'Its gateway in each family: of an external Subnet the physical router. Default the first host.',
    )
    .optional(),
  excludeIps: z
    .array(ipRangeText())
    .describe('Addresses and ranges (a..b) that are never given to anybody.')
    .optional(),
  provider: text('What gives out its addresses; default ovn.'),
  gatewayType: z
    .enum(['distributed', 'centralized'])
    .describe('In the default Vpc: whether pods leave by their own node (distributed) or by gatewayNode.')
    .optional(),
  gatewayNode: text('Names of the nodes that pods leave by when gatewayType is centralized.'),
  gatewayNodeSelectors: z
    .array(labelSelectorSchema)
    .describe('Instead of gatewayNode: the nodes by their labels.')
    .optional(),
  natOutgoing: flag("In the default Vpc: whether packets that leave the cluster get the node's address."),
  externalEgressGateway: text('Next hop for packets that leave the cluster.'),
  policyRoutingPriority: unsigned
    .describe('For externalEgressGateway: priority of the routing rule.')
    .optional(),
  policyRoutingTableID: unsigned
    .describe('For externalEgressGateway: number of the routing table.')
    .optional(),
  mtu: unsigned.describe('MTU of the pods, in bytes.').optional(),
  private: flag('Whether other Subnets are kept out, but for allowSubnets.'),
  allowSubnets: texts('Networks that are let in though it is private.'),
  vlan: text('Name of the Vlan; a Subnet that has one is an external or underlay Subnet.'),
  vips: texts('Addresses that its ports may take over.'),
  logicalGateway: flag('On an underlay Subnet: whether the gateway is a port of the router.'),
  disableGatewayCheck: flag('Whether pods start without a look at the gateway.'),
  disableInterConnection: flag('Whether it is left out of the connection between clusters.'),
  enableDHCP: flag('Whether OVN answers DHCP.'),
  dhcpV4Options: text('DHCPv4 options, as ovn-nb(5) has them.'),
  dhcpV6Options: text('DHCPv6 options, as ovn-nb(5) has them.'),
  enableIPv6RA: flag('Whether the router sends IPv6 router advertisements.'),
  ipv6RAConfigs: text('Settings of the router advertisements, as ovn-nb(5) has them.'),
  acls: z.array(aclSchema).describe('Access rules of the logical switch.').optional(),
  allowEWTraffic: flag('Whether the access rules leave traffic inside the cluster alone.'),
  natOutgoingPolicyRules: z
    .array(z.strictObject(natOutgoingPolicyRule))
    .describe('Which packets natOutgoing is for; the first that matches counts.')
    .optional(),
  u2oInterconnectionIP: ipText().describe('Address of the router port for u2oInterconnection.').optional(),
  u2oInterconnection: flag('Whether an underlay Subnet reaches the overlay ones.'),
  u2oFeatures: z
    .strictObject({ overlayOnlyRouting: flag('Whether only traffic to overlay Subnets is routed.') })
    .describe('Details of u2oInterconnection.')
    .optional(),
  enableLb: flag('Whether load-balancers work on it.'),
  enableEcmp: flag('Whether its traffic leaves by several next hops; takes enableBfd of the Vpc.'),
  enableMulticastSnoop: flag('Whether multicast is sent only where somebody wants it.'),
  enableExternalLBAddress: flag('Whether Services may have addresses of it.'),
  routeTable: text('Name of the route table of its traffic; default the main one.'),
  namespaceSelectors: z
    .array(labelSelectorSchema)
    .describe('Beside namespaces: Namespaces by their labels.')
    .optional(),
  nodeNetwork: text('On an underlay Subnet: name of the network of the nodes.'),
});

/** Counts are numbers as Kube-OVN writes them: above 2^53 (large IPv6 subnets) they are rounded. */
const statusSchema = z.object({
  conditions: conditionsSchema.optional(),
  v4availableIPs: count('How many IPv4 addresses are free.'),
  v4availableIPrange: text('The free IPv4 addresses.'),
  v4usingIPs: count('How many IPv4 addresses are in use.'),
  v4usingIPrange: text('The IPv4 addresses in use.'),
  v6availableIPs: count('How many IPv6 addresses are free.'),
  v6availableIPrange: text('The free IPv6 addresses.'),
  v6usingIPs: count('How many IPv6 addresses are in use.'),
  v6usingIPrange: text('The IPv6 addresses in use.'),
  activateGateway: text('Name of the node that its pods leave by.'),
  dhcpV4OptionsUUID: text('UUID of the row with its DHCPv4 options.'),
  dhcpV6OptionsUUID: text('UUID of the row with its DHCPv6 options.'),
  u2oInterconnectionIP: text('Address of the router port for u2oInterconnection.'),
  u2oInterconnectionMAC: text('MAC address of that router port.'),
  u2oInterconnectionVPC: text('Name of the Vpc of that router port.'),
  natOutgoingPolicyRules: z
    .array(z.object({ ruleID: z.string().describe('Which rule it is.'), ...natOutgoingPolicyRule }))
    .describe('The rules applied.')
    .optional(),
  mcastQuerierIP: text('Address that asks who wants multicast.'),
  mcastQuerierMAC: text('MAC address of that address.'),
});

/** How a Subnet is read. */
export const subnetSchema = z
  .strictObject({
    apiVersion: z.literal('kubeovn.io/v1'),
    kind: z.literal('Subnet'),
    metadata: metadataSchema,
    spec: crossCheck(specSchema, checkSubnet).describe('What is wanted.'),
    status: statusSchema.describe('What there is.').optional(),
  })
  .describe('A logical switch with its addresses: of a VPC, or (with a vlan) of the outside.');

/** A logical switch with its addresses: of a VPC, or (with a vlan) of the outside. */
export type Subnet = DeepReadonly<z.infer<typeof subnetSchema>>;
