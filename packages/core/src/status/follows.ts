import type { Finding } from '../finding/finding.ts';
import { heldUp, needOfRule } from './held-up.ts';
import { isInTheWay } from './in-the-way.ts';
import { type StatusInput, viewOf } from './view.ts';

/** What is known of rules when it is asked what follows from what. `findings` tell of what is asked for and of its rows. */
type Known = Pick<StatusInput, 'resources' | 'intent' | 'findings' | 'fabric'>;

/**
 * Tells of findings about packets those that only follow from rows of somebody else: OVN ignores the NAT row of a rule whose router port is not
 * ours, and goes on once that one is. There is one thing to do then, and what is in the way says it.
 */
export function followers(known: Known): (each: Finding) => boolean {
  if (!known.findings.some(({ code }) => isInTheWay(code))) return () => false;
  let view: ReturnType<typeof viewOf> | undefined;
  return ({ code, object }) => {
    if (code !== 'nat-ignored' || !object) return false;
    view ??= viewOf({ ...known, defaultExternalSubnet: '', now: '', asker: {} });
    const need = needOfRule(object, view);
    return need !== undefined && heldUp(need, view) !== undefined;
  };
}
