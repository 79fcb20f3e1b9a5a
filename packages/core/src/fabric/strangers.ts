import type { NbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import type { NodeHealth } from './fabric.ts';
import { firstPending, formerOrdersOf } from './former-order.ts';
import { finderOf, heldRows, rowsOf } from './tables.ts';
import { isUnseen } from './unseen.ts';

/** What is known of a chassis: what its agent said last, and how far it has got with NB. */
export type KnownChassis = {
  readonly name: string;
  readonly report: NodeHealth | undefined;
  readonly done: number | undefined;
};

/** Whether no tunnel sees a chassis of those to which it is no stranger, see {@link isUnseen}. */
export function isOutOfSight(
  nb: Snapshot<NbTables>,
  known: KnownChassis,
  heard: Iterable<NodeHealth>,
): boolean {
  return isUnseen(known.name, heard, (other) => isStrangerTo(nb, known, other));
}

/**
 * Whether a chassis may have no end of its own of BFD with another: the two watch each other because of a change of gateways that it has not, or
 * may not have, carried out. The other one sees it down then, alive or dead. A session that its agent has told of is there, whatever rows say.
 */
export function isStrangerTo(
  nb: Snapshot<NbTables>,
  { name, report, done }: KnownChassis,
  other: string,
): boolean {
  if (done === undefined || report?.tunnels === undefined || report.tunnels.has(other)) return false;
  const memberOf = finderOf(nb, 'Gateway_Chassis');
  const watches = (members: readonly string[]): boolean => members.includes(name) || members.includes(other);
  let isStranger = false;
  for (const row of rowsOf(nb, 'Logical_Router_Port')) {
    const members = heldRows(row.gateway_chassis, memberOf).map(({ chassis_name }) => chassis_name);
    if (watches(firstPending(formerOrdersOf(row), done)?.chassis ?? members)) return false;
    if (watches(members)) isStranger = true;
  }
  return isStranger;
}
