import type { Fabric } from './fabric.ts';
import { formerOrdersOf, orderAt } from './former-order.ts';
import { doneBy } from './frozen.ts';

/**
 * The gateways of a router port as a chassis knows them that has got so far with NB, the most preferred first; undefined where that cannot be
 * told. One that stands still goes on by them, whatever NB says since.
 */
export function ownOrderOf(
  fabric: Fabric,
  routerPort: string,
  chassis: string,
): readonly string[] | undefined {
  const { northbound, gateways } = fabric;
  const [row] = northbound?.table('Logical_Router_Port').find({ name: routerPort }) ?? [];
  const now = (gateways.get(routerPort) ?? []).map((member) => member.chassis);
  if (row === undefined) return now;
  const done = doneBy(fabric, chassis);
  // A group that is named decides instead (ovn-nb(5)), and is not ours.
  if (done === undefined || row.ha_chassis_group !== undefined) return undefined;
  const order = orderAt(formerOrdersOf(row), done);
  return order === 'unclear' ? undefined : (order?.chassis ?? now);
}
