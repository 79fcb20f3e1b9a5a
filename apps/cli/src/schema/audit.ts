import { z } from 'zod';
import { answerSchema, type Described } from './envelope.ts';

/** `berth audit -o json`. */
export const auditSchema = answerSchema('Audit', {
  assumptions: z.array(z.string()),
  summary: z.strictObject({ flows: z.int(), error: z.int(), warning: z.int(), info: z.int() }),
});

export type AuditAnswer = Described<typeof auditSchema>;
