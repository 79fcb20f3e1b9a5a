import { z } from 'zod';
import { ipText, macText } from '../field/address.ts';
import { listMapBy, metadataSchema } from '../resource/meta.ts';
import type { DeepReadonly } from '../resource/readonly.ts';

const uplinkSchema = z.object({
  network: z.string().describe('Name of the ProviderNetwork.'),
  state: z
    .enum(['Up', 'Down', 'Unknown'])
    .describe('Up: the outside answers; Down: it does not, or there is no carrier; Unknown: not tried yet.'),
  carrier: z.boolean().describe('Whether the NIC has a carrier.').optional(),
  answers: z.boolean().describe('Whether a target answered lately.').optional(),
  message: z.string().describe('Why, in a sentence.').optional(),
});

const tunnelSchema = z.object({
  chassis: z.string().describe('Name of the Chassis at the other end.'),
  up: z.boolean().describe('Whether BFD sees it.'),
});

const checkedSchema = z.object({
  network: z.string().describe('Name of the ProviderNetwork.'),
  vlanId: z.int().min(0).max(4094).describe('VLAN that was asked on; 0 is untagged.'),
  ip: ipText().describe('The address that was asked for.'),
  mac: macText().describe('MAC address that answered; absent where nobody did.').optional(),
});

const controllerSchema = z.object({
  running: z.boolean().describe('Whether the process is there.'),
  connected: z
    .boolean()
    .describe(
      'Whether it is connected to the southbound database, and the flows are not those of the one before it.',
    ),
  flowsInstalled: z.boolean().describe('Whether its flows are on the integration bridge.'),
});

const statusSchema = z.object({
  agent: z.string().describe('The process that reports. Two that take turns are two agents on one node.'),
  sequence: z.int().describe('Rises with every report of a process.'),
  time: z
    .string()
    .describe("The node's own time (RFC 3339), for people: it is compared with no other clock."),
  heartbeatMs: z
    .int()
    .min(1)
    .describe('The next report comes within this time, in ms, changed or not; 1000 without it.')
    .optional(),
  chassis: z.string().describe("Name of the node's Chassis (its system-id).").optional(),
  ready: z.boolean().describe("The kubelet's word, where the agent has it.").optional(),
  ovnController: controllerSchema.describe('The ovn-controller of the node.').optional(),
  uplinks: z
    .array(uplinkSchema)
    .meta({ description: 'One for every external network the node leads to.', ...listMapBy('network') })
    .optional(),
  tunnels: z
    .array(tunnelSchema)
    .meta({ description: 'Tunnels that BFD watches.', ...listMapBy('chassis') })
    .optional(),
  checked: z
    .array(checkedSchema)
    .meta({
      description: 'What came of the checks of the order. Absent from an agent that makes none.',
      ...listMapBy('network', 'vlanId', 'ip'),
    })
    .optional(),
  orderEpoch: z.int().describe('Epoch of the order carried out last.').optional(),
  orderRevision: z.string().describe('Revision of the order carried out last.').optional(),
  fenced: z
    .array(z.string())
    .describe('MAC addresses of gateways that the node keeps from answering for.')
    .optional(),
});

/** How a NodeReport is read. It has one writer: the agent of the node it is named after. */
export const nodeReportSchema = z
  .strictObject({
    apiVersion: z.literal('gateway.berth.dev/v1alpha1'),
    kind: z.literal('NodeReport'),
    metadata: metadataSchema,
    status: statusSchema.describe('What the agent knows of its node.'),
  })
  .describe(
    'What an agent knows of its node. Named after the node; only the agent of that node may write it.',
  );

/** What an agent knows of its node. Named after the node; only the agent of that node may write it. */
export type NodeReport = DeepReadonly<z.infer<typeof nodeReportSchema>>;
