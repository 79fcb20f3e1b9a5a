import { z } from 'zod';
import { answerSchema, type Described } from './envelope.ts';
import { flowShape, outcomeSchema, stepSchema } from './flow.ts';

const stateSchema = z.strictObject({
  outcome: outcomeSchema,
  berth: z
    .string()
    .nullable()
    .meta({ description: 'the node that answers, or that an outbound flow leaves by' }),
});

/** What happens to one flow. */
export const verdictSchema = z.strictObject({
  ...flowShape,
  before: stateSchema,
  after: stateSchema,
  placementAfter: flowShape.placement
    .exactOptional()
    .meta({ description: 'where a controller has let it run since, if that is elsewhere' }),
  moved: z.boolean().meta({ description: 'delivered before and after, by another node' }),
  countedAs: z.enum(['delivered', 'lost', 'unknown', 'brokenBefore']).meta({
    description:
      'the total that counts it: what was not known before counts as unknown unless delivered after',
  }),
  reason: z.string().nullable().meta({ description: 'code of a finding: berth explain CODE' }),
  conflict: z.array(z.string()).meta({ description: 'nodes that answer at once' }),
  missing: z.array(z.string()).meta({ description: 'what would have to be known' }),
  outage: z
    .strictObject({ ms: z.number(), terms: z.record(z.string(), z.number()) })
    .nullable()
    .meta({ description: 'until it goes on elsewhere; null for what never stops or never comes back' }),
  why: z.string(),
  steps: z.array(stepSchema),
});

export const scenarioSchema = z.strictObject({
  failures: z.array(z.string()).meta({ description: 'everything that fails, in the order written' }),
  sequence: z
    .array(z.array(z.string()))
    .exactOptional()
    .meta({ description: 'the same in the sets that happen at once, where there are several' }),
  flows: z.array(verdictSchema),
});

const totalsSchema = z.strictObject({
  flows: z.int().meta({ description: 'flows asked about, in each scenario' }),
  delivered: z.int().meta({ description: 'of all scenarios together, as the following' }),
  moved: z.int().meta({ description: 'of those delivered' }),
  lost: z.int().meta({ description: 'delivered before' }),
  unknown: z.int(),
  conflict: z.int().meta({ description: 'of those unknown' }),
  unknownBefore: z.int().meta({ description: 'of those unknown: before as well, and not delivered after' }),
  brokenBefore: z.int().meta({ description: 'lost before, and not delivered after' }),
});

/** `berth whatif -o json`. */
export const whatIfSchema = answerSchema('WhatIf', {
  assumptions: z.array(z.string()),
  scenarios: z.array(scenarioSchema),
  summary: totalsSchema,
});

export type WhatIfAnswer = Described<typeof whatIfSchema>;
export type VerdictAnswer = Described<typeof verdictSchema>;
export type Totals = Described<typeof totalsSchema>;
