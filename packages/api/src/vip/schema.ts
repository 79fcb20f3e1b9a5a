import { z } from 'zod';
import { ipText, macText } from '../field/address.ts';
import { conditionsSchema, metadataSchema } from '../resource/meta.ts';
import type { DeepReadonly } from '../resource/readonly.ts';

const specSchema = z.strictObject({
  namespace: z.string().describe('Namespace of the pods that selector selects.').optional(),
  subnet: z.string().describe('Name of the Subnet the address is of.'),
  type: z
    .string()
    .describe(
      'switch_lb_vip: of a load-balancer on the switch; kube_host_vm_vip: of a virtual machine in the host network; empty: an address that workloads may share.',
    )
    .optional(),
  v4ip: ipText('IPv4').describe('The IPv4 address wanted; default the lowest free one.').optional(),
  v6ip: ipText('IPv6').describe('The IPv6 address wanted; default the lowest free one.').optional(),
  macAddress: macText().describe('The MAC address wanted; default one derived from the name.').optional(),
  selector: z
    .array(z.string())
    .describe('Labels (key:value) of the pods that may use the address.')
    .optional(),
  attachSubnets: z.array(z.string()).describe('Names of more Subnets.').optional(),
});

const statusSchema = z.object({
  conditions: conditionsSchema.optional(),
  type: z.string().describe('The type it has.').optional(),
  v4ip: z.string().describe('The IPv4 address given.').optional(),
  v6ip: z.string().describe('The IPv6 address given.').optional(),
  mac: z.string().describe('The MAC address given.').optional(),
  selector: z.array(z.string()).describe('The selector last applied.').optional(),
});

/** How a Vip is read. Its CRD has a status, but no status subresource. */
export const vipSchema = z
  .strictObject({
    apiVersion: z.literal('kubeovn.io/v1'),
    kind: z.literal('Vip'),
    metadata: metadataSchema,
    spec: specSchema.describe('What is wanted.'),
    status: statusSchema.describe('What there is.').optional(),
  })
  .describe('An address of a subnet that belongs to no single pod.');

/** An address of a subnet that belongs to no single pod. */
export type Vip = DeepReadonly<z.infer<typeof vipSchema>>;
