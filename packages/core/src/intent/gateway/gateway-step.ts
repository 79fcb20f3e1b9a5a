import type { GatewayIntent } from '../intent.ts';

/** How a gateway group stands now. */
export type GroupNow = {
  /** Chassis of the members that NB has, most preferred first, without the keeper. */
  readonly present: readonly string[];
  /** The chassis that claims the gateway's port in SB. */
  readonly serving: string | undefined;
  /** The serving chassis as a member, when it is wanted no more. */
  readonly leaving: GatewayIntent | undefined;
  /** Whether the serving chassis cannot serve anyhow. */
  readonly isDark: boolean;
  /** Whether it is dark only until its ovn-controller, which runs, has installed its flows. */
  readonly isStarting: boolean;
  /** Whether the serving chassis is confirmed dead. */
  readonly isDead: boolean;
  /** Whether BFD is up between the serving chassis and another; undefined where no report tells. */
  sees(chassis: string): boolean | undefined;
  /** Whether those that watch another by BFD see it, so that they send to it once it comes first: see `Liveness`. */
  isSeenByMost(chassis: string): boolean;
  /** Whether a chassis that is no member may become one beside another that comes first: see `mayJoinOf`. */
  mayJoin(chassis: string, first: string): boolean;
};

/**
 * The next step towards an order, as a function of the order and of SB's claim (make before break). A member that serves
 * and is wanted no more stays as the last one until the claim has moved. One that is to come first in its place is a
 * standby until BFD is up between the two and to those that send to it, where reports tell of tunnels and the serving one is not
 * dark anyway: it is no member before that, and one that is about to have its flows is not dark for good.
 */
export function stepTowards(wanted: readonly GatewayIntent[], now: GroupNow): readonly GatewayIntent[] {
  const [top] = wanted;
  const { present, serving, leaving } = now;
  if (!top || serving === undefined || serving === top.chassis) return wanted;
  if (!present.includes(serving) || now.isDead) return wanted;
  const own = wanted.find(({ chassis }) => chassis === serving) ?? leaving;
  if (!own) return wanted;
  const others = wanted.filter((each) => each !== own);
  const staying = wanted.includes(own) ? wanted : [...wanted, own];
  const isRaised = present[0] === top.chassis;
  if (isRaised || canRaise(top.chassis, now)) return staying;
  return [own, ...others];
}

function canRaise(chassis: string, now: GroupNow): boolean {
  const isUntold = now.sees(chassis) === undefined;
  if (!now.present.includes(chassis)) return isUntold || (now.isDark && !now.isStarting);
  return now.isDark || isUntold || (now.sees(chassis) === true && now.isSeenByMost(chassis));
}
