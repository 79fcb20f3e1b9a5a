import { z } from 'zod';
import { answerSchema, type Described } from './envelope.ts';
import { directionSchema, flowShape, originSchema, outcomeSchema, rowRefSchema, stepSchema } from './flow.ts';

const stateSchema = z
  .strictObject({
    outcome: outcomeSchema,
    berth: z
      .string()
      .nullable()
      .meta({ description: 'the name of the node that answers, or that it leaves by' }),
    reason: z.string().nullable(),
    conflict: z.array(z.string()),
    missing: z.array(z.string()),
  })
  .nullable();

const { direction: _direction, ...addressShape } = flowShape;

const lossSchema = z.strictObject({
  ...flowShape,
  effect: z.enum(['lost', 'unknown', 'moved']),
  to: z.string().nullable().meta({ description: 'the node it moves to' }),
  why: z.string(),
});

/** `berth explain TARGET -o json`. */
export const explanationSchema = answerSchema('Explanation', {
  target: z.string(),
  placement: z
    .strictObject({
      effective: z.string(),
      wanted: z.string().nullable().meta({ description: 'null where nobody is known to have asked' }),
      decidedBy: z.array(originSchema).meta({ description: 'the fields that asked; none for the default' }),
      because: z.string(),
      columns: z.array(z.strictObject({ row: rowRefSchema, name: z.string(), value: z.string() })),
    })
    .nullable()
    .meta({ description: 'null where the addresses of the target differ' }),
  berth: z
    .strictObject({ chassis: z.string(), node: z.string(), how: z.enum(['derived', 'reported', 'conflict']) })
    .nullable()
    .meta({ description: 'who answers for the target now, by its chassis in SB and the name of its node' }),
  inbound: z.array(stepSchema),
  outbound: z.array(stepSchema),
  dependsOn: z.array(
    z.strictObject({
      failures: z.array(z.string()).meta({ description: 'what fails, at once' }),
      effect: z.enum(['lost', 'unknown', 'moved']),
      targets: z.array(z.string()).meta({ description: 'those it happens to' }),
      ofTargets: z.int().meta({ description: 'how many targets work now' }),
      directions: z.array(directionSchema),
      reason: z.string().nullable(),
      why: z.string(),
      outageMs: z.number().nullable(),
    }),
  ),
  independentOf: z.array(
    z.strictObject({
      failures: z.array(z.string()).meta({ description: 'what may fail, all at once' }),
      of: z.enum(['gateways', 'central', 'node']),
    }),
  ),
  now: z.strictObject({
    outcome: outcomeSchema.meta({ description: 'the worst of its addresses, which are told one by one' }),
    addresses: z.array(
      z.strictObject({
        ...addressShape,
        conditions: z.array(z.string()).meta({ description: 'what it holds for only, one sentence each' }),
        idle: z.string().exactOptional().meta({
          description: 'that no workload uses it, and why; nobody can tell then whether it would work',
        }),
        inbound: stateSchema,
        outbound: stateSchema,
      }),
    ),
  }),
  change: z.array(z.string()).meta({ description: 'how to make it otherwise' }),
  node: z
    .strictObject({
      name: z.string(),
      chassis: z.string(),
      gatewayOf: z.array(
        z.strictObject({ routerPort: z.string(), priority: z.int(), isActive: z.boolean() }),
      ),
      loss: z.array(lossSchema).meta({ description: 'what happens when it dies' }),
    })
    .nullable(),
  assumptions: z.array(z.string()),
});

export type ExplanationAnswer = Described<typeof explanationSchema>;
