import type { Stage } from './result.ts';

/** Stages one after another, and beside them a line of others, one after another. */
export type Turn = { readonly stages: readonly Stage[]; readonly beside: readonly Stage[] };

/**
 * Who has a turn when, of the stages that are wanted: in their order, but for those that may run beside others. These begin with the first of
 * the others that is wanted, in whose turn are all of them.
 */
export function schedule(wanted: readonly Stage[]): readonly Turn[] {
  const names = new Set(wanted.flatMap(({ beside = [] }) => beside));
  const leading = wanted.filter(({ name }) => names.has(name));
  const beside = leading.length === 0 ? [] : wanted.filter((stage) => stage.beside !== undefined);
  return wanted.flatMap((stage): readonly Turn[] => {
    if (beside.includes(stage)) return [];
    if (!leading.includes(stage)) return [{ stages: [stage], beside: [] }];
    return stage === leading[0] ? [{ stages: leading, beside }] : [];
  });
}
