import { z } from 'zod';
import { ipText } from '../field/address.ts';
import {
  conditionsSchema,
  labelSelectorSchema,
  listAsOne,
  listMapBy,
  metadataSchema,
} from '../resource/meta.ts';
import type { DeepReadonly } from '../resource/readonly.ts';

const targetSchema = z.strictObject({
  group: z.literal('kubeovn.io').describe('kubeovn.io.'),
  kind: z.literal('Vpc').describe('Vpc.'),
  name: z.string().min(1, { message: 'name the Vpc' }).describe('Name of the Vpc.'),
});

const gatewaysSchema = z.strictObject({
  nodeSelector: labelSelectorSchema
    .describe('The nodes that may be gateways; default those labelled ovn.kubernetes.io/external-gw=true.')
    .optional(),
  maximum: z
    .int()
    .min(1, { message: 'a group has at least one member' })
    .max(5, { message: 'OVN considers five members of a group at most' })
    .describe('How many gateways the group has at most, the one that serves included; default 5.')
    .optional(),
  drainSeconds: z
    .int()
    .min(0, { message: 'at least 0 s: the gateway moves at once' })
    .max(3600, { message: 'at most 3600 s' })
    .describe(
      'How long a gateway that is cordoned, or chosen no more, goes on serving before another takes over, so that connections through SNAT and DNAT may end by themselves; default 0, at once. One that fails meanwhile is left at once.',
    )
    .optional(),
});

const milliseconds = (low: number, high: number) =>
  z
    .int()
    .min(low, { message: `at least ${low} ms` })
    .max(high, { message: `at most ${high} ms` });

const count = () => z.int().min(1, { message: 'at least 1' }).max(100, { message: 'at most 100' });

const uplinkProbeSchema = z.strictObject({
  targets: z
    .array(ipText())
    .describe("Addresses on the external network, one of which must answer; default the subnet's gateway.")
    .optional(),
  intervalMs: milliseconds(100, 60_000).describe('How often each is asked, in ms; default 1000.').optional(),
  failureThreshold: count()
    .describe('Rounds without any answer after which the uplink counts as down; default 3.')
    .optional(),
  successThreshold: count()
    .describe('Rounds with an answer after which it counts as up again; default 5.')
    .optional(),
});

const healthSchema = z.strictObject({
  nodeReady: z
    .enum(['Ignore', 'Respect', 'Strict'])
    .describe(
      'Whether a NotReady node may be a gateway: Ignore, always; Respect (the default), while no other can; Strict, never.',
    )
    .optional(),
  uplinkProbe: uplinkProbeSchema.describe('How a node finds out whether it reaches the outside.').optional(),
});

const bfdSchema = z.strictObject({
  minTxMs: milliseconds(10, 60_000).describe('How often a tunnel is tried, in ms; default 300.').optional(),
  minRxMs: milliseconds(10, 60_000)
    .describe('How often the other side is to try at most, in ms; default 300.')
    .optional(),
  multiplier: count().describe('How many may go missing; default 3.').optional(),
});

const specSchema = z.strictObject({
  targetRefs: z
    .array(targetSchema)
    .min(1, { message: 'a policy without a target does nothing' })
    .describe('The Vpcs the policy is for.'),
  placement: z
    .enum(['Distributed', 'Centralized', 'GatewayLocal'])
    .describe(
      "Where floating IPs of these Vpcs are answered that do not say so themselves: at their workload's node, at a gateway, or at their workload's node where that is a gateway.",
    )
    .optional(),
  override: z
    .boolean()
    .describe('Whether the placement also wins over spec.type of a floating IP; default false.')
    .optional(),
  onGatewayLoss: z
    .enum(['Block', 'Distribute'])
    .describe(
      'When no gateway is alive: Block (the default), what is centralized stops; Distribute, floating IPs of pods are answered at their nodes until a gateway is back.',
    )
    .optional(),
  onUplinkLoss: z
    .enum(['Centralize', 'Stay'])
    .describe(
      "When a node has lost its uplink: Centralize (the default), its distributed floating IPs move to a gateway until it is back; Stay, they don't.",
    )
    .optional(),
  gateways: gatewaysSchema.describe('Which nodes are gateways of these Vpcs.').optional(),
  health: healthSchema.describe('Which of them count as healthy.').optional(),
  bfd: bfdSchema
    .describe(
      'How fast the loss of a node is noticed. It is one setting for all tunnels: the fastest that is asked for counts.',
    )
    .optional(),
  workloads: z
    .enum(['Anywhere', 'PreferGateways', 'RequireGateways'])
    .describe(
      'Whether pods of these Vpcs belong on gateway nodes; default Anywhere. Where admission is installed new pods get a node affinity for it; those with a floating IP that run elsewhere are told of.',
    )
    .optional(),
});

const effectiveSchema = z.object({
  field: z.string().describe('Path of the field.'),
  value: z.string().describe('The value that counts.'),
  from: z.string().describe('Where it comes from: an object with its field, or default.'),
});

const statusSchema = z.object({
  conditions: conditionsSchema.optional(),
  vpcs: z
    .array(z.string())
    .meta({ description: 'The Vpcs that the policy counts for.', ...listAsOne })
    .optional(),
  effective: z
    .array(effectiveSchema)
    .meta({
      description: 'What counts for the Vpcs of the policy, each value with its origin.',
      ...listMapBy('field'),
    })
    .optional(),
});

/** How a GatewayPolicy is read: a direct policy attachment (Gateway API, GEP-713). */
export const gatewayPolicySchema = z
  .strictObject({
    apiVersion: z.literal('gateway.berth.dev/v1alpha1'),
    kind: z.literal('GatewayPolicy'),
    metadata: metadataSchema,
    spec: specSchema.describe('What is wanted.'),
    status: statusSchema.describe('What there is.').optional(),
  })
  .describe('How the external traffic of Vpcs leaves and enters, and what happens when gateways fail.');

/** How the external traffic of Vpcs leaves and enters, and what happens when gateways fail. */
export type GatewayPolicy = DeepReadonly<z.infer<typeof gatewayPolicySchema>>;
