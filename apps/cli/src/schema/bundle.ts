import { z } from 'zod';
import { answerSchema, type Described } from './envelope.ts';

/** `berth bundle -o json`. */
export const bundleSchema = answerSchema('Bundle', {
  file: z.string(),
  bytes: z.int(),
  rows: z.strictObject({ nb: z.int(), sb: z.int() }).meta({ description: 'how many were read' }),
  reports: z.int().meta({ description: 'how many nodes reported on themselves' }),
});

export type BundleAnswer = Described<typeof bundleSchema>;
