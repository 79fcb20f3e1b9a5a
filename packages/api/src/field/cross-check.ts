import { z } from 'zod';
import type { TextFault } from './address-fault.ts';

/** Something wrong with one field in the light of others. */
export type FieldFault = TextFault & {
  readonly path: readonly (string | number)[];
  /** Whether the field is absent and should not be. */
  readonly missing?: boolean;
};

/**
 * Adds a check over several fields to an object schema. It also runs when some field is wrong in itself, so that a user
 * sees all problems at once: `check` must take every field with care.
 */
export function crossCheck<S extends z.ZodType>(
  schema: S,
  check: (value: z.output<S>) => readonly FieldFault[],
): S {
  return schema.check(
    z.superRefine<z.output<S>>(
      (value, context) => {
        for (const { path, message, cure, missing = false } of check(value)) {
          context.addIssue({ code: 'custom', path: [...path], message, params: { cure, missing } });
        }
      },
      { when: () => true },
    ),
  );
}
