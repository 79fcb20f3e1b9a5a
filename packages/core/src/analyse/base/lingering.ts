import { switchesByRouterPort } from '../../fabric/external-networks.ts';
import type { Fabric } from '../../fabric/fabric.ts';
import { type Lingering, lingeringIn } from '../../fabric/lingering.ts';
import type { ExternalFlow } from '../flow.ts';

/**
 * Flows with the chassis that go on answering for their addresses without being asked for it. The very same flows where none does. Inside the OVN
 * nobody asks who has an address.
 */
export function withLingering(flows: readonly ExternalFlow[], fabric: Fabric): readonly ExternalFlow[] {
  const byAddress = new Map<string, readonly Lingering[]>(Map.groupBy(lingeringIn(fabric), ({ ip }) => ip));
  if (byAddress.size === 0 || !fabric.dataPlane) return flows;
  const switches = switchesByRouterPort(fabric.dataPlane.externals);
  return flows.map((flow) => {
    const { direction, externalIp, gatewayPort } = flow;
    const all = direction === 'hairpin' ? [] : (byAddress.get(externalIp ?? '') ?? []);
    const on = gatewayPort === undefined ? undefined : switches.get(gatewayPort);
    const lingering = all.filter(({ switchName }) => switchName === on);
    return lingering.length === 0 ? flow : { ...flow, lingering };
  });
}
