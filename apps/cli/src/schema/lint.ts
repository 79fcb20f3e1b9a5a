import { z } from 'zod';
import { answerSchema, type Described } from './envelope.ts';

/** `berth lint -o json`. */
export const lintSchema = answerSchema('Lint', {
  summary: z.strictObject({ objects: z.int(), error: z.int(), warning: z.int(), info: z.int() }),
});

export type LintAnswer = Described<typeof lintSchema>;
