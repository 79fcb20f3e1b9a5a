import type { GatewayGroup } from '../../fabric/fabric.ts';
import type { FindingCode } from '../../finding/catalogue.ts';
import type { ExternalFlow } from '../flow.ts';
import type { Family } from '../world/neighbour.ts';
import type { World } from '../world/world.ts';

/** What decides over a flow, names left out: flows with equal paths share their fate. */
export type Path = {
  readonly placement: ExternalFlow['placement'];
  readonly family: Family;
  /** Undefined when the router has no gateway at all. */
  readonly group: GatewayGroup | undefined;
  /** Undefined where the packets stay on one chassis. */
  readonly network: string | undefined;
  /** The workload's port, and the chassis that claims it before anything fails. */
  readonly port: string;
  readonly chassis: string;
  /**
   * True where nobody asks who has an address: between workloads. Within one router northd writes it down; between two
   * it is taken that they have talked before, and what they learned (SB MAC_Binding) does not age by itself.
   */
  readonly isResolved?: boolean;
  /** The one gateway that can be met, for packets that are on it already. */
  readonly only?: string;
  /** The gateways in the order that the workload's chassis goes by, where it stands still with one of an earlier time. */
  readonly formerOrder?: readonly string[] | undefined;
};

/** Why a flow has no path: it is lost on any chassis, or nobody can tell. */
export type NoPath =
  | { readonly kind: 'lost'; readonly reason: FindingCode }
  | { readonly kind: 'unknown'; readonly missing: string };

/** The path of a flow in the world before anything failed. Hairpin flows have two: this is the target's. */
export function pathOf(world: World, flow: ExternalFlow): Path | NoPath {
  const { logicalPort, gatewayPort, network, placement, formerGateways } = flow;
  if (logicalPort === undefined) {
    const { idle, logicalIp } = flow;
    const missing =
      idle === undefined ? `which port has the address ${logicalIp}` : `whether it would work: ${idle}`;
    return { kind: 'unknown', missing };
  }
  const chassis = world.fabric.claims.get(logicalPort);
  if (chassis === undefined) return { kind: 'lost', reason: 'workload-down' };
  if (gatewayPort === undefined) return { kind: 'lost', reason: 'no-gateway' };
  if (network === undefined) return { kind: 'lost', reason: 'network-down' };
  const group = world.plane.groups.get(gatewayPort);
  const formerOrder = formerGateways?.order;
  return {
    ...{ placement, family: familyOf(flow), group, network, port: logicalPort, chassis },
    ...(formerOrder && { formerOrder }),
  };
}

export function isPath(path: Path | NoPath): path is Path {
  return !('kind' in path);
}

/** How the two ends of a path find each other. */
export function neighbourKey({ family, isResolved = false }: Pick<Path, 'family' | 'isResolved'>): string {
  return `${family}${isResolved ? ' resolved' : ''}`;
}

export function familyOf({ externalIp, logicalIp }: ExternalFlow): Family {
  return (externalIp ?? logicalIp).includes(':') ? 6 : 4;
}
