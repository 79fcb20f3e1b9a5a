import type { LocalnetPatch, ProviderBridge } from '../ovs/node-switch.ts';
import type { Claims } from './southbound.ts';

/**
 * The patch port through which the packets of an external VLAN pass: frames that leave by it are what the outside gets to
 * see of OVN. Undefined where the node does not lead there, or SB does not say yet which one it is.
 */
export function patchOf(
  provider: ProviderBridge | undefined,
  vlanId: number,
  claims: Pick<Claims, 'vlanByLocalnet'> | undefined,
): LocalnetPatch | undefined {
  return provider?.patches.find(({ localnet }) => claims?.vlanByLocalnet.get(localnet) === vlanId);
}
