/** A pure function of a text that is worked out once for each, and kept for as long as the function is. */
export function perText<Text extends string, Answer>(answer: (text: Text) => Answer): (text: Text) => Answer {
  const known = new Map<Text, { readonly given: Answer }>();
  return (text) => {
    const last = known.get(text);
    if (last) return last.given;
    const given = answer(text);
    known.set(text, { given });
    return given;
  };
}
