/** An object of JSON. */
type Json = { readonly [key: string]: unknown };

/** What an API server asks (admission.k8s.io/v1, AdmissionRequest), as far as we read it. */
export type AdmissionRequest = {
  readonly uid: string;
  readonly operation: string;
  readonly namespace: string | undefined;
  /** As it is to be; undefined for DELETE. */
  readonly object: Json | undefined;
  /** As it is now; undefined for CREATE. */
  readonly oldObject: Json | undefined;
};

/** Reads an AdmissionReview; undefined for anything else. */
export function readReview(text: string): AdmissionRequest | undefined {
  const review = parsed(text);
  const request = isJson(review) && review['kind'] === 'AdmissionReview' ? review['request'] : undefined;
  if (!isJson(request)) return undefined;
  const { uid, operation, namespace, object, oldObject } = request;
  if (typeof uid !== 'string' || typeof operation !== 'string') return undefined;
  return {
    uid,
    operation,
    namespace: typeof namespace === 'string' && namespace !== '' ? namespace : undefined,
    object: isJson(object) ? object : undefined,
    oldObject: isJson(oldObject) ? oldObject : undefined,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
