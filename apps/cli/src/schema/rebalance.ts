import { z } from 'zod';
import { answerSchema, type Described } from './envelope.ts';

/** `berth rebalance -o json`. Nodes by their names. */
export const rebalanceSchema = answerSchema('Rebalance', {
  moves: z.array(
    z.strictObject({
      vpc: z.string(),
      subnet: z.string(),
      from: z.string(),
      to: z.string(),
      /** Whether the gateway named in `to` serves now. */
      done: z.boolean(),
    }),
  ),
});

export type RebalanceAnswer = Described<typeof rebalanceSchema>;
