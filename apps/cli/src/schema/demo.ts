import { z } from 'zod';
import { answerSchema, type Described } from './envelope.ts';

/** `berth demo -o json`. */
export const demoSchema = answerSchema('Demo', {
  steps: z.array(
    z.strictObject({
      step: z.string().meta({ description: 'a to f' }),
      what: z.string(),
      expected: z.string(),
      observed: z.string(),
      ok: z.boolean(),
    }),
  ),
  ok: z.boolean().meta({ description: 'every step came out as expected' }),
});

export type DemoAnswer = Described<typeof demoSchema>;
