import { longestName } from '@berth/api';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import type { Origin } from '../../finding/origin.ts';

/**
 * Why there can be no object of a name that we put together from others'; undefined where there can. `what` says whose name it is and of
 * which it is made.
 */
export function overlongName(
  name: string,
  { object, field = '', what, cure }: Origin & { readonly what: string; readonly cure: string },
): Finding | undefined {
  if (name.length <= longestName) return undefined;
  return finding('bad-value', {
    object,
    field,
    message: `${what} has ${name.length} characters, and Kubernetes allows ${longestName}`,
    cure,
  });
}
