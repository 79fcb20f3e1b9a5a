import { z } from 'zod';
import { cliApiVersion, type Described, refSchema } from './envelope.ts';

const head = {
  apiVersion: z.literal(cliApiVersion),
  time: z.string().meta({ description: 'RFC 3339' }),
  object: refSchema,
};

/** A line of `berth run -o json`: that rows of an object changed, or that it is gone. */
export const changeSchema = z.strictObject({
  ...head,
  kind: z.literal('Change'),
  result: z.enum(['created', 'configured', 'adjusted', 'unprogrammed', 'deleted']),
  rows: z.int().meta({ description: 'how many rows changed' }),
});

/** A line of `berth run -o json`: that something happened to an object. */
export const eventSchema = z.strictObject({
  ...head,
  kind: z.literal('Event'),
  type: z.enum(['Normal', 'Warning']),
  reason: z.string().meta({
    description:
      'as the condition of the object has it that changed; Restored of a pod that got addresses and routes back',
  }),
  message: z.string(),
});

export type RunLine = Described<typeof changeSchema> | Described<typeof eventSchema>;
