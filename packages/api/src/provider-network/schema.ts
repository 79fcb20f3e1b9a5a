import { z } from 'zod';
import { crossCheck } from '../field/cross-check.ts';
import { interfaceName, vlanInterfaceName } from '../field/name.ts';
import { conditionSchema, labelSelectorSchema, metadataSchema } from '../resource/meta.ts';
import type { DeepReadonly } from '../resource/readonly.ts';

const specSchema = z.strictObject({
  defaultInterface: interfaceName().describe(
    'The NIC that goes into the bridge on every node that is not excluded.',
  ),
  customInterfaces: z
    .array(
      z.strictObject({
        interface: interfaceName().describe('The NIC.'),
        nodes: z.array(z.string()).describe('Names of the nodes where it is used.'),
      }),
    )
    .describe('Other NICs for some nodes.')
    .optional(),
  nodeSelector: labelSelectorSchema
    .describe('If set, the nodes that get the bridge; excludeNodes does not count then.')
    .optional(),
  excludeNodes: z.array(z.string()).describe('Names of the nodes that do not get the bridge.').optional(),
  exchangeLinkName: z
    .boolean()
    .describe("Give the bridge the NIC's name, and the NIC that of the bridge.")
    .optional(),
  autoCreateVlanSubinterfaces: z
    .boolean()
    .describe('Make a VLAN sub-interface (eth0.100) that is named as the NIC and does not exist.')
    .optional(),
  preserveVlanInterfaces: z
    .boolean()
    .describe("Keep the NIC's VLAN sub-interfaces working when it goes into the bridge.")
    .optional(),
  vlanInterfaces: z
    .array(vlanInterfaceName())
    .describe('The sub-interfaces to keep, as eth0.100; default all.')
    .optional(),
});

const statusSchema = z.object({
  ready: z.boolean().describe('Whether every node that is to have the bridge has it.').optional(),
  readyNodes: z.array(z.string()).describe('Names of the nodes that have the bridge.').optional(),
  notReadyNodes: z
    .array(z.string())
    .describe('Names of the nodes that should have it and do not.')
    .optional(),
  vlans: z.array(z.string()).describe('Names of the Vlans on it.').optional(),
  conditions: z
    .array(
      conditionSchema.extend({
        node: z.string().describe('Name of the node it is about; absent when it is about all.').optional(),
      }),
    )
    .meta({
      description: 'What is known about the network as a whole, and about single nodes.',
      'x-kubernetes-list-type': 'atomic',
    })
    .optional(),
});

/** How a ProviderNetwork is read. */
export const providerNetworkSchema = crossCheck(
  z
    .strictObject({
      apiVersion: z.literal('kubeovn.io/v1'),
      kind: z.literal('ProviderNetwork'),
      metadata: metadataSchema,
      spec: specSchema.describe('What is wanted.'),
      status: statusSchema.describe('What there is.').optional(),
    })
    .describe('A physical layer-2 segment and the NICs that lead to it.'),
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
