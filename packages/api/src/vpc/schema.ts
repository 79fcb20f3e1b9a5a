import { z } from 'zod';
import { cidrOrIpText, dualIpText, interfaceAddressText, ipListText, ipText } from '../field/address.ts';
import { conditionSchema, labelSelectorSchema, metadataSchema } from '../resource/meta.ts';
import type { DeepReadonly } from '../resource/readonly.ts';

const staticRouteSchema = z.strictObject({
  /** Whether `cidr` is matched with the source or the destination; default `policyDst`. */
  policy: z.enum(['policySrc', 'policyDst']).optional(),
  cidr: cidrOrIpText(),
  nextHopIP: ipText(),
  ecmpMode: z.string().optional(),
  bfdId: z.string().optional(),
  routeTable: z.string().optional(),
});

const policyRouteSchema = z.strictObject({
  priority: z
    .int()
    .min(0, { message: 'a priority is at least 0' })
    .max(32_767, { message: 'a priority is at most 32767' })
    .optional(),
  match: z.string().optional(),
  action: z.enum(['allow', 'drop', 'reroute']).optional(),
  /** Addresses with commas between; only for `reroute`. */
  nextHopIP: ipListText().optional(),
});

const specSchema = z.strictObject({
  defaultSubnet: z.string().optional(),
  namespaces: z.array(z.string()).optional(),
  staticRoutes: z.array(staticRouteSchema).optional(),
  policyRoutes: z.array(policyRouteSchema).optional(),
  vpcPeerings: z
    .array(
      z.strictObject({ remoteVpc: z.string().optional(), localConnectIP: interfaceAddressText().optional() }),
    )
    .optional(),
  /** Attach to the default external subnet, or to `extraExternalSubnets` where there are any. */
  enableExternal: z.boolean().optional(),
  /** Names of external subnets to attach to. */
  extraExternalSubnets: z.array(z.string()).optional(),
  enableBfd: z.boolean().optional(),
  bfdPort: z
    .strictObject({
      enabled: z.boolean().optional(),
      ip: dualIpText().optional(),
      nodeSelector: labelSelectorSchema.optional(),
    })
    .optional(),
});

const statusSchema = z.object({
  conditions: z.array(conditionSchema).optional(),
  standby: z.boolean().optional(),
  default: z.boolean().optional(),
  defaultLogicalSwitch: z.string().optional(),
  router: z.string().optional(),
  tcpLoadBalancer: z.string().optional(),
  udpLoadBalancer: z.string().optional(),
  sctpLoadBalancer: z.string().optional(),
  tcpSessionLoadBalancer: z.string().optional(),
  udpSessionLoadBalancer: z.string().optional(),
  sctpSessionLoadBalancer: z.string().optional(),
  subnets: z.array(z.string()).optional(),
  vpcPeerings: z.array(z.string()).optional(),
  enableExternal: z.boolean().optional(),
  extraExternalSubnets: z.array(z.string()).optional(),
  enableBfd: z.boolean().optional(),
  bfdPort: z
    .object({
      name: z.string().optional(),
      ip: z.string().optional(),
      nodes: z.array(z.string()).optional(),
    })
    .optional(),
});

/** A logical router and all that is behind it. */
export const vpcSchema = z.strictObject({
  apiVersion: z.literal('kubeovn.io/v1'),
  kind: z.literal('Vpc'),
  metadata: metadataSchema,
  spec: specSchema,
  status: statusSchema.optional(),
});

/** A logical router and all that is behind it. */
export type Vpc = DeepReadonly<z.infer<typeof vpcSchema>>;
