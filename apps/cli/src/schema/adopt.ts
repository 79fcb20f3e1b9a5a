import { z } from 'zod';
import { answerSchema, type Described, refSchema, rowIdSchema } from './envelope.ts';
import { changeSchema, planSchema } from './plan.ts';

/** `berth adopt -o json`. */
export const adoptSchema = answerSchema('Adopt', {
  done: z.boolean().meta({ description: 'false when it was only shown, or refused' }),
  changes: z.array(changeSchema).meta({ description: 'in the order in which they can be written' }),
  summary: planSchema.shape.summary,
  marksOnly: z.int().meta({ description: 'rows that are marked and otherwise left as they are' }),
  left: z.array(rowIdSchema).meta({
    description:
      'rows of somebody else that stay as found, because taking them over would interrupt traffic; each has a finding',
  }),
  afterwards: z
    .array(changeSchema)
    .meta({ description: 'what the controller goes on to change of gateways, step by step' }),
  kept: z
    .array(
      z.strictObject({
        object: refSchema,
        keep: z.json().meta({ description: 'what its annotation berth.dev/keep holds' }),
        onLift: z
          .array(changeSchema)
          .meta({ description: 'what giving it up would change once everything is taken over' }),
      }),
    )
    .meta({ description: 'the objects that keep what was found' }),
  staying: z
    .array(z.strictObject({ object: refSchema.nullable(), rows: z.array(rowIdSchema) }))
    .meta({ description: 'with --undo: the rows that Berth made itself, which stay its own' }),
});

export type AdoptAnswer = Described<typeof adoptSchema>;
