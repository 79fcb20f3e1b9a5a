import { origin } from '../finding/origin.ts';
import type { PolicyIntent, VpcIntent } from '../intent/intent.ts';
import type { DesiredRow } from './row.ts';
import { mapOf, rowOf, setOf } from './row-of.ts';

/** A routing policy (ovn-nb(5), Logical_Router_Policy). Several next hops share its traffic. */
export function compilePolicy(
  { priority, match, action, nextHops, origin: from }: PolicyIntent,
  vpc: VpcIntent,
  router: DesiredRow,
  unit: string,
): DesiredRow {
  return rowOf('Logical_Router_Policy', {
    unit,
    cause: vpc.ref,
    parent: router,
    origins: [from],
    columns: {
      priority,
      match,
      action,
      nexthops: setOf(...nextHops),
      external_ids: mapOf({}),
    },
    columnOrigins: {
      action: [origin(from.object, `${from.field}.action`)],
      nexthops: [origin(from.object, `${from.field}.nextHopIP`)],
    },
  });
}
