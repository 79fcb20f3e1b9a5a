import { z } from 'zod';
import { ipText } from '../field/address.ts';
import { crossCheck } from '../field/cross-check.ts';
import { checkTarget } from '../field/target.ts';
import { conditionsSchema, metadataSchema } from '../resource/meta.ts';
import type { DeepReadonly } from '../resource/readonly.ts';

const specSchema = z.strictObject({
  ovnEip: z.string().describe('Name of the OvnEip whose address it is.'),
  ipType: z.enum(['ip', 'vip']).describe('What ipName names: ip (the default) or vip.').optional(),
  ipName: z
    .string()
    .describe('Name of the IP (<pod>.<namespace>) or Vip that gets the address. Or set vpc and v4Ip or v6Ip.')
    .optional(),
  vpc: z.string().describe('Without ipName: name of the Vpc that v4Ip and v6Ip are in.').optional(),
  v4Ip: ipText('IPv4').describe('Without ipName: the inner IPv4 address.').optional(),
  v6Ip: ipText('IPv6').describe('Without ipName: the inner IPv6 address.').optional(),
  type: z
    .enum(['distributed', 'centralized'])
    .describe(
      "Where the address is answered: distributed, on the node of the workload, or centralized, on a gateway node of the Vpc. Default: what the Vpc's policy or the ConfigMap ovn-external-gw-config says, else distributed. A target without a port of its own (a Vip, a bare address) is always centralized.",
    )
    .optional(),
});

const statusSchema = z.object({
  conditions: conditionsSchema.optional(),
  ready: z.boolean().describe('Whether the address works; as the condition Ready.').optional(),
  vpc: z.string().describe('Name of the Vpc of the target.').optional(),
  v4Eip: z.string().describe('The public IPv4 address.').optional(),
  v6Eip: z.string().describe('The public IPv6 address.').optional(),
  v4Ip: z.string().describe('The inner IPv4 address.').optional(),
  v6Ip: z.string().describe('The inner IPv6 address.').optional(),
  macAddress: z.string().describe('The MAC address the public address is answered with.').optional(),
  placement: z
    .string()
    .describe('Where its NAT runs by design: distributed, centralized or gateway-local.')
    .optional(),
  berth: z
    .string()
    .describe('Name of the node that answers for the address now; empty while none is known to.')
    .optional(),
});

/** How an OvnFip is read. */
export const ovnFipSchema = z
  .strictObject({
    apiVersion: z.literal('kubeovn.io/v1'),
    kind: z.literal('OvnFip'),
    metadata: metadataSchema,
    spec: crossCheck(specSchema, checkTarget).describe('What is wanted.'),
    status: statusSchema.describe('What there is.').optional(),
  })
  .describe('A floating IP: one public address for one workload, both ways.');

/** A floating IP: one public address for one workload, both ways. */
export type OvnFip = DeepReadonly<z.infer<typeof ovnFipSchema>>;
