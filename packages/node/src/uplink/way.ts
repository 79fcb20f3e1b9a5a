import type { BridgeLink } from '../openflow/bridge-link.ts';
import { reservedPort } from '../openflow/message.ts';
import type { ProviderBridge, SwitchNic } from '../ovs/node-switch.ts';
import type { Bridges } from '../sentry/bridges.ts';

/** The bridge and the NIC by which a network is asked. */
export type Way = { readonly link: BridgeLink; readonly nic: SwitchNic };

/** The way to a network; undefined where the node does not lead there. */
export function wayTo(provider: ProviderBridge | undefined, bridges: Bridges): Way | undefined {
  const link = provider && bridges.get(provider.bridge);
  const nic = provider && nicInUse(provider);
  return link && nic ? { link, nic } : undefined;
}

/**
 * Sends frames that leave by the NIC alone, so that no bridge learns their MAC and no kernel sees them. False when nothing
 * could be sent: there is no way, no carrier or no switch.
 */
export function ask({ link, nic }: Partial<Way>, frames: Iterable<Uint8Array>): boolean {
  if (!link?.connection || !nic || nic.carrier === false) return false;
  for (const frame of frames) link.packetOut(frame, reservedPort.controller, [nic.number]);
  return true;
}

function nicInUse({ nics }: ProviderBridge): SwitchNic | undefined {
  return nics.find(({ carrier }) => carrier === true) ?? nics[0];
}
