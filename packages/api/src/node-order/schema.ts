import { z } from 'zod';
import { ipText, macText } from '../field/address.ts';
import { listAsOne, metadataSchema } from '../resource/meta.ts';
import type { DeepReadonly } from '../resource/readonly.ts';

const vlanId = () => z.int().min(0).max(4094).describe('VLAN of the external subnet; 0 is untagged.');

const network = () => z.string().describe('Name of the ProviderNetwork, as bridge mappings have it.');

const probeSchema = z.object({
  network: network(),
  vlanId: vlanId(),
  targets: z.array(ipText()).describe('Addresses, one of which must answer ARP or ND.'),
  intervalMs: z.int().describe('How often, in ms.'),
  failureThreshold: z.int().describe('Rounds without an answer after which the uplink is down.'),
  successThreshold: z.int().describe('Rounds with an answer after which it is up again.'),
});

const addressesSchema = z.object({
  mac: macText().describe('The MAC address that answers for them.'),
  network: network(),
  vlanId: vlanId(),
  port: z
    .string()
    .describe("The logical port whose chassis answers: the workload's, or cr-<router port> of the gateway."),
  pairs: z
    .string()
    .describe(
      'The external addresses, one in each line, followed by the one it stands for, connections to another of which are ended; by nothing where it stands for several, or for the router itself.',
    ),
  contested: z
    .array(ipText())
    .describe(
      'Those of them that a node which stood still may answer for as well: neighbours may have learned of that one.',
    )
    .optional(),
});

const checkSchema = z.object({
  network: network(),
  vlanId: vlanId(),
  ip: ipText().describe('The address to ask for.'),
});

const witnessSchema = z.object({ port: z.string().describe('Name of the logical port to bind.') });

const fenceSchema = z.object({
  network: network(),
  vlanId: vlanId(),
  mac: macText().describe('MAC address of a router port that another chassis serves.'),
});

const specSchema = z.object({
  epoch: z.int().describe('Epoch of the controller that gives the order; a lower one than seen is void.'),
  revision: z.string().describe('Changes with the contents: what a report says was carried out.'),
  heartbeatMs: z
    .int()
    .min(1)
    .describe('How often the agent is to give a sign of life, in ms; 1000 without it.')
    .optional(),
  probes: z.array(probeSchema).meta({ description: 'Uplinks to watch.', ...listAsOne }),
  addresses: z.array(addressesSchema).meta({
    description:
      'Addresses this node may have to answer for, those of one port together. It announces one when its chassis comes to have the port, when what is said of it changes while it has it, and when it is contested no more; it ends the connections of one it lost.',
    ...listAsOne,
  }),
  checks: z
    .array(checkSchema)
    .meta({
      description: 'External addresses that are new: whether somebody answers for them is to be reported.',
      ...listAsOne,
    })
    .optional(),
  witnesses: z
    .array(witnessSchema)
    .meta({ description: 'Ports to bind so that gateways see one more chassis.', ...listAsOne }),
  fences: z.array(fenceSchema).meta({
    description:
      'What the node must not answer for while its ovn-controller does not run: another chassis does.',
    ...listAsOne,
  }),
});

/** How a NodeOrder is read. Its only writer is the controller. */
export const nodeOrderSchema = z
  .strictObject({
    apiVersion: z.literal('gateway.berth.dev/v1alpha1'),
    kind: z.literal('NodeOrder'),
    metadata: metadataSchema,
    spec: specSchema.describe('What is to be so on the node.'),
  })
  .describe(
    'What the controller asks of the agent of a node. It says what is to be so, not what to do next.',
  );

/** What the controller asks of the agent of a node. It says what is to be so, not what to do next. */
export type NodeOrder = DeepReadonly<z.infer<typeof nodeOrderSchema>>;
