import type { NbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import { perObject } from '../memo/per-object.ts';
import { answeredAddresses } from './answered-addresses.ts';
import { saysHowFar } from './behind.ts';
import { type Fabric, gatewayClaim } from './fabric.ts';
import { type FormerOrder, formerOrdersOf, orderAt } from './former-order.ts';
import { doneBy } from './frozen.ts';
import { type LingerMark, lingerKey } from './linger-mark.ts';
import { livenessOf } from './liveness.ts';
import { hasCarriedOut } from './row-change.ts';
import { rowsOf } from './tables.ts';

/**
 * What chassis may go on answering for though NB has it elsewhere: all that was marked when it was taken, and what the orders tell that router ports
 * remember, of chassis that did not claim the port at that moment. Whether such a chassis stands still is told by `frozenChassis`.
 */
export const lingersOf = perObject((fabric: Fabric): readonly LingerMark[] => {
  const { lingers = [], northbound } = fabric;
  const roles = northbound && saysHowFar(northbound) ? formerRolesIn(fabric, northbound) : [];
  if (northbound === undefined || roles.length === 0) return lingers;
  const marked = new Set(lingers.map(lingerKey));
  const implied = [...Map.groupBy(roles, ({ chassis }) => chassis).values()].flatMap((own) =>
    answeredBefore(fabric, northbound, own).filter((each) => !marked.has(lingerKey(each))),
  );
  return [...lingers, ...new Map(implied.map((each) => [lingerKey(each), each])).values()];
});

/** That a chassis comes first at a router port by the order that it has, and does not by that of now. */
type FormerRole = {
  readonly port: string;
  readonly chassis: string;
  /** How far the chassis got. */
  readonly done: number;
  readonly order: FormerOrder;
};

/**
 * Who comes first in its own order asks nobody, and answers for as long as it has that order: SB may name another one all the same, which saw it by
 * no tunnel for a while, or none, once that one gave the claim back. Who was put first while it stood still never did answer, and has an order in
 * which another one comes first. Of a chassis that no agent speaks for nobody can tell it from a dead one, whose place was taken.
 */
function formerRolesIn(fabric: Fabric, nb: Snapshot<NbTables>): readonly FormerRole[] {
  const { gateways } = fabric;
  return [...rowsOf(nb, 'Logical_Router_Port')].flatMap((row) => {
    const orders = formerOrdersOf(row);
    // A group that is named decides instead (ovn-nb(5)), and is not ours.
    if (orders.length === 0 || row.ha_chassis_group !== undefined) return [];
    const firsts = new Set(orders.flatMap(({ chassis: [first] }) => first ?? []));
    firsts.delete(gateways.get(row.name)?.[0]?.chassis ?? '');
    firsts.delete(gatewayClaim(fabric, row.name) ?? '');
    return [...firsts].flatMap((chassis): readonly FormerRole[] => {
      const done = doneBy(fabric, chassis);
      // One that has carried out nothing may be new, or has come back without flows.
      const order = done ? orderAt(orders, done) : undefined;
      if (!done || !order || order === 'unclear' || order.chassis[0] !== chassis) return [];
      return mayHaveFlows(fabric, chassis) ? [{ port: row.name, chassis, done, order }] : [];
    });
  });
}

function mayHaveFlows(fabric: Fabric, chassis: string): boolean {
  const liveness = livenessOf(fabric);
  const isGone = liveness.isDead(chassis) || liveness.isLostSight(chassis);
  const isNew = liveness.lacksFlows(chassis) || fabric.returned?.has(chassis) === true;
  return liveness.isReported(chassis) && !isGone && !isNew;
}

/** The addresses that one chassis has from its roles: those of rows that are certain to be as it knows them. */
function answeredBefore(
  { claims }: Fabric,
  nb: Snapshot<NbTables>,
  roles: readonly FormerRole[],
): readonly LingerMark[] {
  const byPort = new Map(roles.map((role) => [role.port, role]));
  const then = new Map([...claims, ...roles.map(({ port, chassis }) => [`cr-${port}`, chassis] as const)]);
  return answeredAddresses(nb, then).flatMap((each) => {
    const role = byPort.get(each.gatewayPort ?? '');
    if (!role || !each.change || hasCarriedOut(role.done, each.change) !== true) return [];
    const { ip, switchName, chassis, mac, object, inner } = each;
    return [{ ip, switchName, chassis, mac, object, inner, change: role.order.change }];
  });
}
