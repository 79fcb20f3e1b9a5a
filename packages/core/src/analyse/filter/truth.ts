/** What is known of a statement: true, false, or undefined where nobody can tell. */
export type Truth = boolean | undefined;

/** Whether all of them hold: false as soon as one does not. */
export function allOf(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes(undefined) ? undefined : true;
}

/** Whether one of them holds: true as soon as one does. */
export function anyOf(truths: readonly Truth[]): Truth {
  if (truths.includes(true)) return true;
  return truths.includes(undefined) ? undefined : false;
}

/** Whether it does not hold. */
export function notOf(truth: Truth): Truth {
  return truth === undefined ? undefined : !truth;
}
