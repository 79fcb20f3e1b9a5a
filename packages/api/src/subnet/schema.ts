import { z } from 'zod';
import { dualCidrText, dualIpText, ipRangeText, ipText } from '../field/address.ts';
import { crossCheck } from '../field/cross-check.ts';
import { conditionSchema, labelSelectorSchema, metadataSchema } from '../resource/meta.ts';
import type { DeepReadonly } from '../resource/readonly.ts';
import { checkSubnet } from './check.ts';

const unsigned = z.int().min(0, { message: 'the number must not be negative' });

const natOutgoingPolicyRule = {
  match: z.strictObject({ srcIPs: z.string().optional(), dstIPs: z.string().optional() }),
  action: z.string(),
};

const specSchema = z.strictObject({
  default: z.boolean().optional(),
  /** Name of the Vpc; default the default VPC. */
  vpc: z.string().optional(),
  /** Must say what `cidrBlock` holds; default exactly that. */
  protocol: z.enum(['IPv4', 'IPv6', 'Dual']).optional(),
  namespaces: z.array(z.string()).optional(),
  cidrBlock: dualCidrText(),
  /** Default the first host of each network. */
  gateway: dualIpText().optional(),
  /** Addresses and ranges `a..b` that are never given to anybody. */
  excludeIps: z.array(ipRangeText()).optional(),
  provider: z.string().optional(),
  gatewayType: z.enum(['distributed', 'centralized']).optional(),
  gatewayNode: z.string().optional(),
  gatewayNodeSelectors: z.array(labelSelectorSchema).optional(),
  natOutgoing: z.boolean().optional(),
  externalEgressGateway: z.string().optional(),
  policyRoutingPriority: unsigned.optional(),
  policyRoutingTableID: unsigned.optional(),
  mtu: unsigned.optional(),
  private: z.boolean().optional(),
  allowSubnets: z.array(z.string()).optional(),
  /** Name of the Vlan; a subnet that has one is an external or underlay subnet. */
  vlan: z.string().optional(),
  vips: z.array(z.string()).optional(),
  logicalGateway: z.boolean().optional(),
  disableGatewayCheck: z.boolean().optional(),
  disableInterConnection: z.boolean().optional(),
  enableDHCP: z.boolean().optional(),
  dhcpV4Options: z.string().optional(),
  dhcpV6Options: z.string().optional(),
  enableIPv6RA: z.boolean().optional(),
  ipv6RAConfigs: z.string().optional(),
  acls: z
    .array(
      z.strictObject({
        direction: z.string().optional(),
        priority: z.int().optional(),
        match: z.string().optional(),
        action: z.string().optional(),
      }),
    )
    .optional(),
  allowEWTraffic: z.boolean().optional(),
  natOutgoingPolicyRules: z.array(z.strictObject(natOutgoingPolicyRule)).optional(),
  u2oInterconnectionIP: ipText().optional(),
  u2oInterconnection: z.boolean().optional(),
  u2oFeatures: z.strictObject({ overlayOnlyRouting: z.boolean().optional() }).optional(),
  enableLb: z.boolean().optional(),
  enableEcmp: z.boolean().optional(),
  enableMulticastSnoop: z.boolean().optional(),
  enableExternalLBAddress: z.boolean().optional(),
  routeTable: z.string().optional(),
  namespaceSelectors: z.array(labelSelectorSchema).optional(),
  nodeNetwork: z.string().optional(),
});

const statusSchema = z.object({
  conditions: z.array(conditionSchema).optional(),
  /** Counts are numbers as Kube-OVN writes them: above 2^53 (large IPv6 subnets) they are rounded. */
  v4availableIPs: z.number().optional(),
  v4availableIPrange: z.string().optional(),
  v4usingIPs: z.number().optional(),
  v4usingIPrange: z.string().optional(),
  v6availableIPs: z.number().optional(),
  v6availableIPrange: z.string().optional(),
  v6usingIPs: z.number().optional(),
  v6usingIPrange: z.string().optional(),
  activateGateway: z.string().optional(),
  dhcpV4OptionsUUID: z.string().optional(),
  dhcpV6OptionsUUID: z.string().optional(),
  u2oInterconnectionIP: z.string().optional(),
  u2oInterconnectionMAC: z.string().optional(),
  u2oInterconnectionVPC: z.string().optional(),
  natOutgoingPolicyRules: z.array(z.object({ ruleID: z.string(), ...natOutgoingPolicyRule })).optional(),
  mcastQuerierIP: z.string().optional(),
  mcastQuerierMAC: z.string().optional(),
});

/** A logical switch with its addresses: of a VPC, or (with a `vlan`) of the outside. */
export const subnetSchema = z.strictObject({
  apiVersion: z.literal('kubeovn.io/v1'),
  kind: z.literal('Subnet'),
  metadata: metadataSchema,
  spec: crossCheck(specSchema, checkSubnet),
  status: statusSchema.optional(),
});

/** A logical switch with its addresses: of a VPC, or (with a `vlan`) of the outside. */
export type Subnet = DeepReadonly<z.infer<typeof subnetSchema>>;
