import { z } from 'zod';
import { ipText, macText } from '../field/address.ts';
import { conditionsSchema, metadataSchema } from '../resource/meta.ts';
import type { DeepReadonly } from '../resource/readonly.ts';

const specSchema = z.strictObject({
  externalSubnet: z
    .string()
    .describe("Name of the external Subnet it is of; default the installation's, which is external.")
    .optional(),
  v4Ip: ipText('IPv4')
    .describe('The IPv4 address asked for; filled in with the one that was given.')
    .optional(),
  v6Ip: ipText('IPv6')
    .describe('The IPv6 address asked for; filled in with the one that was given.')
    .optional(),
  macAddress: macText()
    .describe('The MAC address asked for; filled in with the one that was given.')
    .optional(),
  type: z
    .enum(['nat', 'lrp', 'lsp'])
    .describe(
      'What it is for: nat (the default) for rules, lrp for a router port, lsp for the BFD port of a node.',
    )
    .optional(),
});

const statusSchema = z.object({
  conditions: conditionsSchema.optional(),
  type: z.string().describe('The type it has.').optional(),
  nat: z.string().describe('The sorts of rules that use it, of dnat,fip,snat in this order.').optional(),
  v4Ip: z.string().describe('The IPv4 address given.').optional(),
  v6Ip: z.string().describe('The IPv6 address given.').optional(),
  macAddress: z.string().describe('The MAC address given.').optional(),
  ready: z.boolean().describe('Whether the address can be used; as the condition Ready.').optional(),
});

/** How an OvnEip is read. */
export const ovnEipSchema = z
  .strictObject({
    apiVersion: z.literal('kubeovn.io/v1'),
    kind: z.literal('OvnEip'),
    metadata: metadataSchema,
    spec: specSchema.describe('What is wanted.'),
    status: statusSchema.describe('What there is.').optional(),
  })
  .describe('A public address.');

/** A public address. */
export type OvnEip = DeepReadonly<z.infer<typeof ovnEipSchema>>;
