/** Whatever else an answer about an object goes by, each under its name. */
type Others = Readonly<Record<string, unknown>>;

/**
 * A pure function of an object and of other values that gives its last answer about the object again, the very same one, for as long as it
 * is asked with the very same others: what is said of ten thousand objects of which one has changed costs one answer. Objects and
 * others are told apart by identity and must not change. An answer is kept for as long as its object is.
 */
export function perObjectWith<Of extends object, With extends Others, Answer>(
  answer: (of: Of, others: With) => Answer,
): (of: Of, others: With) => Answer {
  const known = new WeakMap<Of, { readonly others: With; readonly given: Answer }>();
  return (of, others) => {
    const last = known.get(of);
    if (last && areSame(last.others, others)) return last.given;
    const given = answer(of, others);
    known.set(of, { others, given });
    return given;
  };
}

/** A pure function of an object alone that is worked out once for each. */
export function perObject<Of extends object, Answer>(answer: (of: Of) => Answer): (of: Of) => Answer {
  return remembered(new WeakMap(), answer);
}

type Known<Of, Answer> = {
  get(of: Of): { readonly given: Answer } | undefined;
  set(of: Of, given: { readonly given: Answer }): unknown;
};

/** A pure function that is worked out once for each that it is asked about, as long as `known` has the answer. */
export function remembered<Of, Answer>(
  known: Known<Of, Answer>,
  answer: (of: Of) => Answer,
): (of: Of) => Answer {
  return (of) => {
    const last = known.get(of);
    if (last) return last.given;
    const given = answer(of);
    known.set(of, { given });
    return given;
  };
}

/** Whether others are the very same, of which both have the same names. */
export function areSame<With extends Others>(left: With, right: With): boolean {
  if (Object.is(left, right)) return true;
  for (const name in left) if (!Object.is(left[name], right[name])) return false;
  return true;
}
