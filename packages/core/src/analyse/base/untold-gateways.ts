import { type Fabric, gatewayClaim } from '../../fabric/fabric.ts';
import { frozenChassis, heardFrom } from '../../fabric/frozen.ts';
import type { ExternalFlow, UntoldGateway } from '../flow.ts';

/**
 * Flows with the gateways that may answer beside the one that SB names: members of its group that come after it, are behind NB, and of which nobody
 * tells. One that was the gateway when it stopped to follow goes on, and rows of others do not tell whether it was; of Berth's own the marks of
 * addresses that were taken do (`LingerMark`). The very same flows where every chassis keeps up.
 */
export function withUntoldGateways(flows: readonly ExternalFlow[], fabric: Fabric): readonly ExternalFlow[] {
  const frozen = frozenChassis(fabric);
  if (frozen.size === 0) return flows;
  const byPort = new Map<string, readonly UntoldGateway[]>();
  return flows.map((flow) => {
    const { placement, direction, gatewayPort } = flow;
    if (placement !== 'centralized' || direction === 'hairpin' || gatewayPort === undefined) return flow;
    const untold = byPort.get(gatewayPort) ?? untoldAt(fabric, gatewayPort, frozen);
    byPort.set(gatewayPort, untold);
    return untold.length === 0 ? flow : { ...flow, untoldGateways: untold };
  });
}

function untoldAt(
  fabric: Fabric,
  port: string,
  frozen: ReadonlyMap<string, string>,
): readonly UntoldGateway[] {
  const members = fabric.dataPlane?.groups.get(port)?.members ?? [];
  const claim = gatewayClaim(fabric, port);
  const place = members.findIndex(({ chassis }) => chassis === claim);
  // A member that comes before and was alive would have the role: who took it sees none of its tunnels.
  if (claim === undefined || place < 0 || frozen.has(claim) || isOwn(fabric, port)) return [];
  return members.slice(place + 1).flatMap(({ chassis }) => {
    const why = frozen.get(chassis);
    return why === undefined || heardFrom(fabric, chassis) ? [] : [{ chassis, why }];
  });
}

/** Whether the gateways of a port are Berth's own rows, all of them. */
function isOwn({ gateways }: Fabric, port: string): boolean {
  const members = gateways.get(port) ?? [];
  return members.length > 0 && members.every(({ isForeign }) => isForeign !== true);
}
