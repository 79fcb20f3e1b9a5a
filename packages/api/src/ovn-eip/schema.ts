import { z } from 'zod';
import { ipText, macText } from '../field/address.ts';
import { conditionSchema, metadataSchema } from '../resource/meta.ts';
import type { DeepReadonly } from '../resource/readonly.ts';

const specSchema = z.strictObject({
  /** Name of the external subnet; default the installation's. */
  externalSubnet: z.string().optional(),
  /** The address asked for; filled in with the one that was given. */
  v4Ip: ipText('IPv4').optional(),
  v6Ip: ipText('IPv6').optional(),
  macAddress: macText().optional(),
  /** `nat` for rules, `lrp` for a router port, `lsp` for a node's BFD port; default `nat`. */
  type: z.enum(['nat', 'lrp', 'lsp']).optional(),
});

const statusSchema = z.object({
  conditions: z.array(conditionSchema).optional(),
  type: z.string().optional(),
  /** The rules that use it, of `dnat,fip,snat` in this order. */
  nat: z.string().optional(),
  v4Ip: z.string().optional(),
  v6Ip: z.string().optional(),
  macAddress: z.string().optional(),
  ready: z.boolean().optional(),
});

/** A public address. */
export const ovnEipSchema = z.strictObject({
  apiVersion: z.literal('kubeovn.io/v1'),
  kind: z.literal('OvnEip'),
  metadata: metadataSchema,
  spec: specSchema,
  status: statusSchema.optional(),
});

/** A public address. */
export type OvnEip = DeepReadonly<z.infer<typeof ovnEipSchema>>;
