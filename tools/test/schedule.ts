import type { Stage } from './result.ts';

/** A stage with those that run beside it, one after another. */
export type Turn = { readonly stage: Stage; readonly beside: readonly Stage[] };

/** Who has a turn when, of the stages that are wanted: in their order, but for those that another wanted one takes along. */
export function schedule(wanted: readonly Stage[]): readonly Turn[] {
  const isAlong = ({ beside }: Stage): boolean => wanted.some(({ name }) => name === beside);
  return wanted
    .filter((stage) => !isAlong(stage))
    .map((stage) => ({ stage, beside: wanted.filter(({ beside }) => beside === stage.name) }));
}
