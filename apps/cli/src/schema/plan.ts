import { z } from 'zod';
import { answerSchema, type Described, refSchema } from './envelope.ts';

const atomSchema = z.union([z.string(), z.number(), z.boolean()]);

/** A column's value: null is no value, a set is an array, a map an object. */
const valueSchema = z.union([z.null(), atomSchema, z.array(atomSchema), z.record(z.string(), atomSchema)]);

const originSchema = z.strictObject({ object: refSchema, field: z.string().exactOptional() });

/** One row made, changed, removed or taken over. */
export const changeSchema = z.strictObject({
  verb: z.enum(['insert', 'update', 'delete', 'adopt']),
  db: z.enum(['NB', 'OVS']),
  table: z.string(),
  uuid: z.string(),
  key: z.array(z.string()).meta({ description: 'what makes the row this row and no other' }),
  cause: refSchema.nullable().meta({ description: 'null for a leftover that no object asks for' }),
  origins: z.array(originSchema).meta({ description: 'the fields that the row comes from' }),
  columns: z
    .record(z.string(), z.strictObject({ old: valueSchema, new: valueSchema }))
    .meta({ description: 'every column that changes' }),
  interrupts: z
    .strictObject({
      flows: z.array(
        z.strictObject({
          object: refSchema,
          externalIp: z.string().nullable(),
          effect: z.string().meta({ description: 'what its users notice' }),
        }),
      ),
    })
    .nullable()
    .meta({ description: 'the traffic that the change interrupts; null when it interrupts none' }),
});

/** `berth plan -o json`. */
export const planSchema = answerSchema('Plan', {
  changes: z.array(changeSchema).meta({ description: 'in the order in which they can be written' }),
  summary: z.strictObject({
    insert: z.int(),
    update: z.int(),
    delete: z.int(),
    adopt: z.int(),
    interrupting: z.int(),
  }),
  moves: z
    .array(z.string())
    .meta({ description: 'why apply has to be told --move-state before it does this, each in a sentence' }),
  stops: z.array(z.string()).meta({
    description:
      'controllers that have to be stopped before apply does this in their place, each in a sentence',
  }),
});

export type PlanAnswer = Described<typeof planSchema>;
export type ChangeAnswer = Described<typeof changeSchema>;
