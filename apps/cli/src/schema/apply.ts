import { z } from 'zod';
import { answerSchema, type Described, refSchema } from './envelope.ts';

/** `berth apply -o json`. */
export const applySchema = answerSchema('Apply', {
  objects: z.array(
    z.strictObject({
      object: refSchema,
      result: z.enum(['created', 'configured', 'adjusted', 'unprogrammed', 'deleted']).meta({
        description:
          'what became of it; adjusted: only rows that follow nodes changed, as the order of gateways; unprogrammed: it is there, but its last rows went',
      }),
    }),
  ),
  waitingFor: z.array(refSchema).meta({ description: 'workloads that were not attached in time' }),
  summary: z.strictObject({
    created: z.int(),
    configured: z.int(),
    adjusted: z.int(),
    unprogrammed: z.int(),
    deleted: z.int(),
    unchanged: z.int(),
    transactions: z.int(),
  }),
});

export type ApplyAnswer = Described<typeof applySchema>;
