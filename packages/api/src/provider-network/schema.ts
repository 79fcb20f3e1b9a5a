import { z } from 'zod';
import { crossCheck } from '../field/cross-check.ts';
import { interfaceName, vlanInterfaceName } from '../field/name.ts';
import { conditionSchema, labelSelectorSchema, metadataSchema } from '../resource/meta.ts';
import type { DeepReadonly } from '../resource/readonly.ts';

const specSchema = z.strictObject({
  /** NIC that goes into the bridge on every node that is not excluded. */
  defaultInterface: interfaceName(),
  /** Other NICs for some nodes. */
  customInterfaces: z
    .array(z.strictObject({ interface: interfaceName(), nodes: z.array(z.string()) }))
    .optional(),
  /** If set, only these nodes get the bridge, and `excludeNodes` does not count. */
  nodeSelector: labelSelectorSchema.optional(),
  excludeNodes: z.array(z.string()).optional(),
  exchangeLinkName: z.boolean().optional(),
  autoCreateVlanSubinterfaces: z.boolean().optional(),
  preserveVlanInterfaces: z.boolean().optional(),
  vlanInterfaces: z.array(vlanInterfaceName()).optional(),
});

const statusSchema = z.object({
  ready: z.boolean().optional(),
  readyNodes: z.array(z.string()).optional(),
  notReadyNodes: z.array(z.string()).optional(),
  vlans: z.array(z.string()).optional(),
  /** Of the whole network, or of one node where `node` is set. */
  conditions: z.array(conditionSchema.extend({ node: z.string().optional() })).optional(),
});

/** A physical layer-2 segment and the NICs that lead to it. */
export const providerNetworkSchema = crossCheck(
  z.strictObject({
    apiVersion: z.literal('kubeovn.io/v1'),
    kind: z.literal('ProviderNetwork'),
    metadata: metadataSchema,
    spec: specSchema,
    status: statusSchema.optional(),
  }),
  ({ metadata, spec }) => {
    const { name } = metadata ?? {};
    if (typeof name !== 'string' || name.length <= 12 || spec?.exchangeLinkName === true) return [];
    return [
      {
        path: ['metadata', 'name'],
        message: `bridge br-${name} would have a name longer than 15 characters`,
        cure: 'use a name of at most 12 characters',
      },
    ];
  },
);

/** A physical layer-2 segment and the NICs that lead to it. */
export type ProviderNetwork = DeepReadonly<z.infer<typeof providerNetworkSchema>>;
