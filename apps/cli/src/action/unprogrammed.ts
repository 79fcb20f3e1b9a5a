import { formatRef } from '@berth/api';
import type { ObjectRef, Plan } from '@berth/core';

/** Kinds of which every row counts: each is an address, or a rule for one. */
const rules: ReadonlySet<string> = new Set(['OvnFip', 'OvnSnatRule', 'OvnDnatRule']);

/**
 * The objects that ask for rows which NB does not have: any row of a rule, every row of another object. Members of gateway groups
 * and the like come and go with the state of nodes, and are no sign of neglect. `programmed` are the objects that have rows.
 */
export function unprogrammedOf(
  { changes }: Pick<Plan, 'changes'>,
  programmed: ReadonlySet<string>,
): readonly ObjectRef[] {
  const missing = new Map<string, ObjectRef>();
  for (const { verb, cause } of changes) {
    if (verb !== 'insert' || !cause) continue;
    const name = formatRef(cause);
    if (rules.has(cause.kind) || !programmed.has(name)) missing.set(name, cause);
  }
  return [...missing.values()];
}
