import { remembered } from './per-object.ts';

/** A pure function of a text that is worked out once for each, and kept for as long as the function is. */
export function perText<Text extends string, Answer>(answer: (text: Text) => Answer): (text: Text) => Answer {
  return remembered(new Map(), answer);
}
