import { type Change, type Fabric, gatewaysOf, type Intent, keeperChassis, type Plan } from '@berth/core';
import type { NbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import { tried } from '../pass/check-plan.ts';

/** More steps than a gateway group takes to come to rest. */
const maximumSteps = 6;

/** How passes go on from a state. */
export type GoingOn = {
  readonly fabric: Fabric;
  /** NB once everything is taken over. */
  readonly after: Snapshot<NbTables>;
  intentIn(fabric: Fabric): Intent;
  planFor(intent: Intent, nb: Snapshot<NbTables>): Plan;
};

/**
 * What the passes after the one that takes everything over change of gateway groups: a member that serves and that nobody chooses is
 * followed by another first and goes then. That OVN lets the first member serve is taken for granted.
 */
export function aftermathOf({ fabric, after, intentIn, planFor }: GoingOn): readonly Change[] {
  const changes: Change[] = [];
  let nb = after;
  let seen = followed(fabric, nb);
  for (let step = 0; step < maximumSteps; step++) {
    const plan = planFor(intentIn(seen), nb);
    const members = plan.changes.filter(({ table }) => table === 'Gateway_Chassis');
    if (members.length === 0) break;
    changes.push(...members);
    const outcome = tried(plan.changes, nb);
    if (outcome.kind !== 'committed') break;
    nb = outcome.snapshot;
    seen = followed(fabric, nb);
  }
  return changes;
}

/** The fabric once the claims have followed the order of every group. */
function followed(fabric: Fabric, nb: Snapshot<NbTables>): Fabric {
  const gateways = gatewaysOf(nb);
  const claims = new Map(fabric.claims);
  for (const [port, members] of gateways) {
    const first = members.find(({ chassis }) => chassis !== keeperChassis && fabric.chassis.has(chassis));
    if (first && claims.has(`cr-${port}`)) claims.set(`cr-${port}`, first.chassis);
  }
  const { heldClaims: _held, ...rest } = fabric;
  return { ...rest, gateways, claims, northbound: nb };
}
