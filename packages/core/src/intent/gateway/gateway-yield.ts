import { gatewayClaim } from '../../fabric/fabric.ts';
import { ownOrderOf } from '../../fabric/own-order.ts';
import type { GatewayScene } from './gateway-node.ts';
import type { GatewayQuestion } from './gateway-question.ts';

/** What becomes of gateways whose ovn-controllers do not go along with NB. */
export type Yields = {
  /** Whether a chassis goes on with the flows of an earlier time, and has for a while: it can take nothing over. */
  readonly standsStill: (chassis: string) => boolean;
  /** Whether a chassis can be given the role, as far as is known: one that is in doubt is not until that is over. */
  readonly canTake: (chassis: string) => boolean;
  /** Whether a chassis must not come first while one that can take the role is a candidate. */
  readonly mustYield: (chassis: string) => boolean;
  /** Whether a chassis stands still with the flows of a standby: for as long as it does it answers for nothing as a gateway. */
  readonly isIdle: (chassis: string) => boolean;
};

/**
 * Who yields. One that stands still and does not serve takes nothing over, so it never comes first; one whose agent is silent may stand still with
 * it, so until that is known it does not either. One that serves goes on answering with the
 * flows it has, whoever else is to serve, so it yields only where that is worth it and does no harm: it lacks something of the router, its agent will keep it from answering (`fencesOf`), and no workload of the router is on it, which would go on leaving by it.
 */
export function yieldsIn({ routerPort, vpc }: GatewayQuestion, scene: GatewayScene): Yields {
  const { fabric, frozen, liveness } = scene;
  const serving = gatewayClaim(fabric, routerPort);
  const standsStill = (chassis: string): boolean =>
    frozen.has(chassis) && fabric.stuck?.has(chassis) !== false;
  const canTake = (chassis: string): boolean =>
    !standsStill(chassis) && fabric.doubted?.has(chassis) !== true;
  return {
    standsStill,
    canTake,
    mustYield(chassis) {
      if (chassis !== serving) return !canTake(chassis);
      if (!standsStill(chassis)) return false;
      const lacking = fabric.lacking?.get(chassis);
      return (
        lacking?.routers.has(vpc) === true && !lacking.workloadsOf.has(vpc) && liveness.canBeFenced(chassis)
      );
    },
    isIdle(chassis) {
      if (chassis === serving || !standsStill(chassis)) return false;
      const [first] = ownOrderOf(fabric, routerPort, chassis) ?? [chassis];
      return first !== chassis;
    },
  };
}
