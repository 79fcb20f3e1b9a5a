import type { Uuid } from './value.ts';

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The default of a `uuid` column (RFC 7047 section 5.2.1), and "no transaction" in `monitor_cond_since`. */
export const zeroUuid = '00000000-0000-0000-0000-000000000000' as Uuid;

/** True for a UUID in the one form OVSDB writes: lower-case hexadecimal with hyphens. */
export function isUuid(text: string): text is Uuid {
  return uuidPattern.test(text);
}
