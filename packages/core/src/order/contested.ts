import type { Fabric } from '../fabric/fabric.ts';
import { lingersOf } from '../fabric/former-roles.ts';
import { type LingerMark, lingerKey } from '../fabric/linger-mark.ts';
import { lingeringIn } from '../fabric/lingering.ts';

/** An address that a chassis which stood still may answer for beside the one that has it. */
export type Contested = Pick<LingerMark, 'ip' | 'switchName' | 'chassis'>;

/**
 * The addresses that more than one may answer for, by those of the last look: one becomes contested when its former chassis is known to stand
 * still, and stays so while that one follows NB again and has not got as far as the change that took the address.
 */
export function contestedIn(fabric: Fabric, before: readonly Contested[]): readonly Contested[] {
  const lingers = lingersOf(fabric);
  if (lingers.length === 0) return [];
  const known = new Set([...before, ...lingeringIn(fabric)].map(lingerKey));
  return lingers
    .filter((mark) => known.has(lingerKey(mark)))
    .map(({ ip, switchName, chassis }) => ({ ip, switchName, chassis }));
}
