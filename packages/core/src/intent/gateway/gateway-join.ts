import { type Fabric, gatewayClaim, isClaimSettled } from '../../fabric/fabric.ts';
import type { Liveness } from '../../fabric/liveness.ts';
import type { GatewayIntent } from '../intent.ts';
import type { GroupNow } from './gateway-step.ts';

/** The members a group has next, and those that wait to become some. */
export type Admitted = {
  readonly gateways: readonly GatewayIntent[];
  readonly waiting: readonly GatewayIntent[];
};

/**
 * Lets newcomers into a group one after the other: the first one alone, for a sole member serves at once and by itself (rule 2 of
 * ovn-controller's `ha_chassis_group_is_active`), the others as standbys once they may join. All at once, each would serve for as long as its BFD
 * to a third chassis is up and that to the first is not, which takes up to a second. Members stay members.
 */
export function admit(ordered: readonly GatewayIntent[], now: GroupNow): Admitted {
  const [first] = ordered;
  if (!first) return { gateways: [], waiting: [] };
  const isIn = ({ chassis }: GatewayIntent): boolean =>
    chassis === first.chassis || now.present.includes(chassis) || now.mayJoin(chassis, first.chassis);
  return { gateways: ordered.filter(isIn), waiting: ordered.filter((each) => !isIn(each)) };
}

/**
 * Whether a chassis may become a standby of another, which serves: BFD is up between the two at both ends, so that it does not take
 * itself for the only one, and those that send to the one that serves know by BFD that it is there, as they go by that
 * from then on. Whom BFD has not reached when the claim has settled is not waited for. A chassis of which no agent tells what BFD sees may always.
 */
export function mayJoinOf(routerPort: string, fabric: Fabric, liveness: Liveness): GroupNow['mayJoin'] {
  const serving = gatewayClaim(fabric, routerPort);
  const isSettled = isClaimSettled(fabric, routerPort);
  return (chassis, first) => {
    if (!liveness.tellsOfTunnels(chassis)) return true;
    if (serving !== first || liveness.isSilent(chassis)) return false;
    const isJoined = liveness.sendsTo(chassis, first) !== false && liveness.sendsTo(first, chassis) !== false;
    return isJoined && (isSettled || liveness.isSeenByMost(first));
  };
}
