import { outageToleranceMs } from '@berth/lab';
import { z } from 'zod';
import { answerSchema, type Described } from './envelope.ts';
import { outcomeSchema } from './flow.ts';
import { scenarioSchema, verdictSchema } from './whatif.ts';

const berth = z.string().nullable().meta({ description: 'a node; null where nothing tells' });

/** What the switches say of one flow. */
const tracedSchema = z.strictObject({
  outcome: outcomeSchema,
  berth,
  answerers: z.array(z.string()).meta({ description: 'nodes that would answer ARP or ND for the address' }),
  why: z.string().meta({ description: 'where it ends, or what a trace cannot tell; empty when delivered' }),
  agrees: z.enum(['agree', 'disagree', 'unknown', 'conflict']).meta({ description: 'with the prediction' }),
  packets: z.enum(['agree', 'disagree', 'unknown']).meta({ description: 'whether packets say the same' }),
  doubt: z.enum(['none', 'prediction', 'packets', 'trace', 'unclear']).meta({
    description:
      'of prediction, packets and trace the one that the others contradict; unclear where two contradict and the third takes no side',
  }),
});

/** What was predicted of one flow, and what packets said. */
const drilledFlowSchema = z.strictObject({
  ...verdictSchema.shape,
  source: z.string().nullable().meta({ description: 'the target whose workload asks, for hairpin' }),
  predicted: z.strictObject({ outcome: outcomeSchema, berth }),
  observed: z.strictObject({
    outcome: z.enum(['delivered', 'lost']),
    berth,
    answerers: z.array(z.string()).meta({ description: 'nodes that answer ARP or ND for the address' }),
    outageMs: z.number().nullable().meta({ description: 'the longest interruption; null when not watched' }),
    sent: z.int(),
    lost: z.int(),
  }),
  agrees: z.enum(['agree', 'disagree', 'unknown', 'conflict']).meta({
    description:
      'unknown was predicted, and claims nothing about packets; conflict was predicted, and those it names were seen to answer',
  }),
  trace: tracedSchema.nullable().meta({ description: 'the second opinion; null without --trace' }),
  slow: z.boolean().meta({
    description: `back, but more than ${outageToleranceMs / 1000} s later than the expected outage says`,
  }),
});

/** `berth drill -o json`. */
export const drillSchema = answerSchema('Drill', {
  assumptions: z.array(z.string()),
  scenarios: z.array(z.strictObject({ ...scenarioSchema.shape, flows: z.array(drilledFlowSchema) })),
  untried: z
    .array(z.strictObject({ target: z.string(), direction: z.string(), why: z.string() }))
    .meta({ description: 'flows that no packet of this lab can try' }),
  kept: z
    .string()
    .nullable()
    .meta({ description: 'the folder with what it takes to look into disagreements' }),
  summary: z.strictObject({
    cases: z.int().meta({ description: 'flows, in each scenario' }),
    agree: z.int(),
    disagree: z.int(),
    unknown: z.int(),
    conflict: z.int(),
    doubted: z
      .int()
      .meta({ description: 'packets and traces contradict one another, whatever was predicted' }),
    slow: z.int().meta({ description: 'back later than expected, whether or not the rest agrees' }),
  }),
});

export type DrillAnswer = Described<typeof drillSchema>;
export type DrilledFlowAnswer = Described<typeof drilledFlowSchema>;
export type TraceAnswer = NonNullable<DrilledFlowAnswer['trace']>;
