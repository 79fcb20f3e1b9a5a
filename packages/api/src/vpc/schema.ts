import { z } from 'zod';
import { cidrOrIpText, dualIpText, interfaceAddressText, ipListText, ipText } from '../field/address.ts';
import { conditionsSchema, labelSelectorSchema, listMapBy, metadataSchema } from '../resource/meta.ts';
import type { DeepReadonly } from '../resource/readonly.ts';

const staticRouteSchema = z.strictObject({
  policy: z
    .enum(['policySrc', 'policyDst'])
    .describe(
      'What cidr is matched with: policySrc, the source, or policyDst (the default), the destination.',
    )
    .optional(),
  cidr: cidrOrIpText().describe('The network or address the route is for; 0.0.0.0/0 or ::/0 for all.'),
  nextHopIP: ipText().describe('The address of the next router, of the same family.'),
  ecmpMode: z
    .string()
    .describe(
      'With several routes for one cidr: ecmp_symmetric_reply lets replies leave as the request came in.',
    )
    .optional(),
  bfdId: z.string().describe('UUID of the BFD row that watches the next hop.').optional(),
  routeTable: z.string().describe('Name of the route table; default the main one.').optional(),
});

const policyRouteSchema = z.strictObject({
  priority: z
    .int()
    .min(0, { message: 'a priority is at least 0' })
    .max(32_767, { message: 'a priority is at most 32767' })
    .describe('The highest that matches counts; 0 to 32767.')
    .optional(),
  match: z.string().describe('Which packets, as ovn-nb(5) has it: ip4.src == 10.0.1.0/24.').optional(),
  action: z.enum(['allow', 'drop', 'reroute']).describe('allow, drop or reroute.').optional(),
  nextHopIP: ipListText().describe('For reroute: addresses of next routers with commas between.').optional(),
});

const peeringSchema = z.strictObject({
  remoteVpc: z.string().describe('Name of the other Vpc.').optional(),
  localConnectIP: interfaceAddressText()
    .describe('Address of this side of the link with its prefix length, as 169.254.0.1/30.')
    .optional(),
});

const bfdPortSchema = z.strictObject({
  enabled: z.boolean().describe('Whether there is one.').optional(),
  ip: dualIpText().describe('Its address, or one of each family with a comma between.').optional(),
  nodeSelector: labelSelectorSchema.describe('The nodes it may be on.').optional(),
});

const specSchema = z.strictObject({
  defaultSubnet: z.string().describe('Name of the Subnet of pods that name none.').optional(),
  namespaces: z.array(z.string()).describe('Namespaces whose pods are in this Vpc.').optional(),
  staticRoutes: z.array(staticRouteSchema).describe('Static routes of the router.').optional(),
  policyRoutes: z.array(policyRouteSchema).describe('Routing policies, which come before routes.').optional(),
  vpcPeerings: z.array(peeringSchema).describe('Direct links to other Vpcs.').optional(),
  enableExternal: z
    .boolean()
    .describe(
      'Attach the router to the default external Subnet, or to extraExternalSubnets where there are any.',
    )
    .optional(),
  extraExternalSubnets: z
    .array(z.string())
    .describe('Names of the external Subnets to attach to; takes enableExternal.')
    .optional(),
  enableBfd: z
    .boolean()
    .describe('Watch the next hops of the external Subnet with BFD, for Subnets with enableEcmp.')
    .optional(),
  bfdPort: bfdPortSchema.describe('A router port of its own for BFD.').optional(),
});

const loadBalancer = (what: string) =>
  z.string().describe(`Name of the load-balancer for ${what}.`).optional();

const drainSchema = z.object({
  subnet: z.string().describe('Name of the external Subnet.'),
  node: z.string().describe('Node of the gateway that is to leave.'),
  since: z.string().describe('When it was first seen that it is to leave (RFC 3339).'),
});

const statusSchema = z.object({
  conditions: conditionsSchema.optional(),
  draining: z
    .array(drainSchema)
    .meta({
      description:
        'Gateways that serve still and are to leave: drainSeconds of the GatewayPolicy counts from since.',
      ...listMapBy('subnet'),
    })
    .optional(),
  standby: z.boolean().describe('Whether the router has been made.').optional(),
  default: z.boolean().describe('Whether it is the default Vpc.').optional(),
  defaultLogicalSwitch: z.string().describe('Name of its default Subnet.').optional(),
  router: z.string().describe('Name of its logical router.').optional(),
  tcpLoadBalancer: loadBalancer('TCP'),
  udpLoadBalancer: loadBalancer('UDP'),
  sctpLoadBalancer: loadBalancer('SCTP'),
  tcpSessionLoadBalancer: loadBalancer('TCP with session affinity'),
  udpSessionLoadBalancer: loadBalancer('UDP with session affinity'),
  sctpSessionLoadBalancer: loadBalancer('SCTP with session affinity'),
  subnets: z.array(z.string()).describe('Names of its Subnets.').optional(),
  vpcPeerings: z.array(z.string()).describe('Names of the Vpcs it is linked to.').optional(),
  enableExternal: z.boolean().describe('Whether it is attached to an external Subnet.').optional(),
  extraExternalSubnets: z
    .array(z.string())
    .describe('Names of the extra external Subnets it is attached to.')
    .optional(),
  enableBfd: z.boolean().describe('Whether BFD is on.').optional(),
  bfdPort: z
    .object({
      name: z.string().describe('Its name.').optional(),
      ip: z.string().describe('Its address.').optional(),
      nodes: z.array(z.string()).describe('Names of the nodes it may be on.').optional(),
    })
    .describe('The router port for BFD.')
    .optional(),
});

/** How a Vpc is read. */
export const vpcSchema = z
  .strictObject({
    apiVersion: z.literal('kubeovn.io/v1'),
    kind: z.literal('Vpc'),
    metadata: metadataSchema,
    spec: specSchema.describe('What is wanted.'),
    status: statusSchema.describe('What there is.').optional(),
  })
  .describe('A logical router and all that is behind it.');

/** A logical router and all that is behind it. */
export type Vpc = DeepReadonly<z.infer<typeof vpcSchema>>;
