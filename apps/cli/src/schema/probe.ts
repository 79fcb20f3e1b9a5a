import { z } from 'zod';
import { answerSchema, type Described } from './envelope.ts';

/** `berth probe -o json`. */
export const probeSchema = answerSchema('Probe', {
  target: z.string(),
  reachable: z.boolean().meta({ description: 'every flow was answered' }),
  flows: z.array(
    z.strictObject({
      direction: z.enum(['inbound', 'outbound']),
      from: z.string().meta({ description: 'outside, or a pod as NAMESPACE/NAME' }),
      to: z.string(),
      sent: z.int(),
      received: z.int(),
      duplicates: z.int().meta({ description: 'above 0, more than one place answers' }),
    }),
  ),
  answers: z.array(
    z.strictObject({
      address: z.string(),
      mac: z.string().nullable().meta({ description: 'what ARP or ND resolved; null when nobody answered' }),
      node: z.string().nullable().meta({ description: 'the node behind whose NIC that MAC is' }),
    }),
  ),
});

export type ProbeAnswer = Described<typeof probeSchema>;
