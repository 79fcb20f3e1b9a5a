import { z } from 'zod';
import { type TextCheckName, textCheckKey } from '../cel/text-check.ts';
import { ipText } from '../field/address.ts';
import { crossCheck } from '../field/cross-check.ts';
import { portText } from '../field/port.ts';
import { checkTarget } from '../field/target.ts';
import { conditionsSchema, metadataSchema } from '../resource/meta.ts';
import type { DeepReadonly } from '../resource/readonly.ts';

const specSchema = z.strictObject({
  ovnEip: z.string().describe('Name of the OvnEip whose port it is; several rules may share one.'),
  ipType: z.enum(['ip', 'vip']).describe('What ipName names: ip (the default) or vip.').optional(),
  ipName: z
    .string()
    .describe('Name of the IP (<pod>.<namespace>) or Vip that gets the traffic. Or set vpc and v4Ip or v6Ip.')
    .optional(),
  vpc: z.string().describe('Without ipName: name of the Vpc that v4Ip and v6Ip are in.').optional(),
  v4Ip: ipText('IPv4').describe('Without ipName: the inner IPv4 address.').optional(),
  v6Ip: ipText('IPv6').describe('Without ipName: the inner IPv6 address.').optional(),
  externalPort: portText().describe('Port of the public address, 1 to 65535, as a text.'),
  internalPort: portText().describe('Port of the workload, 1 to 65535, as a text.'),
  protocol: z
    .string()
    .toLowerCase()
    .meta({ [textCheckKey]: 'tcp-or-udp' satisfies TextCheckName })
    .pipe(z.enum(['tcp', 'udp']))
    .describe('tcp or udp, in upper or lower case.'),
});

const statusSchema = z.object({
  conditions: conditionsSchema.optional(),
  ready: z.boolean().describe('Whether the rule works; as the condition Ready.').optional(),
  vpc: z.string().describe('Name of the Vpc of the target.').optional(),
  v4Eip: z.string().describe('The public IPv4 address.').optional(),
  v6Eip: z.string().describe('The public IPv6 address.').optional(),
  externalPort: z.string().describe('Port of the public address.').optional(),
  v4Ip: z.string().describe('The inner IPv4 address.').optional(),
  v6Ip: z.string().describe('The inner IPv6 address.').optional(),
  internalPort: z.string().describe('Port of the workload.').optional(),
  protocol: z.string().describe('tcp or udp.').optional(),
  ipName: z.string().describe('Name of the IP or Vip that gets the traffic.').optional(),
  berth: z
    .string()
    .describe('Name of the node that answers for the port now; empty while none is known to.')
    .optional(),
});

/** How an OvnDnatRule is read; `protocol` comes out in lower case. */
export const ovnDnatRuleSchema = z
  .strictObject({
    apiVersion: z.literal('kubeovn.io/v1'),
    kind: z.literal('OvnDnatRule'),
    metadata: metadataSchema,
    spec: crossCheck(specSchema, checkTarget).describe('What is wanted.'),
    status: statusSchema.describe('What there is.').optional(),
  })
  .describe('One port of a public address for one port of a workload.');

/** One port of a public address for one port of a workload. */
export type OvnDnatRule = DeepReadonly<z.infer<typeof ovnDnatRuleSchema>>;
