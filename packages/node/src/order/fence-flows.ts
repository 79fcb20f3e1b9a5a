import { parseMac } from '@berth/net';
import { flowOf } from '../openflow/flow.ts';
import type { Flow } from '../openflow/message.ts';
import type { ProviderBridge } from '../ovs/node-switch.ts';
import type { OrderedFence } from './fence.ts';

/** Above the flows that take answers to probes. */
const fencePriority = 50_000;

/**
 * A fence outlives the restart of an agent, and not the loss of it: with nobody left to lift it once ovn-controller is back it
 * would keep a gateway dark.
 */
const fenceTimeoutSec = 30;

/**
 * Drops on a provider bridge, for each fence on its network: what OVN sends from the MAC address, its ARP and ND replies
 * included, and what comes in for it. Frames of OVN to the MAC pass: it is elsewhere, and this node's distributed
 * floating IPs may speak to it.
 */
export function fenceFlows(provider: ProviderBridge, fences: readonly OrderedFence[]): readonly Flow[] {
  return fences
    .filter(({ network }) => network === provider.network)
    .flatMap(({ vlanId, mac }) => {
      const address = parseMac(mac);
      if (!address) return [];
      const fromOvn = provider.patches.map(({ number }) => ({ inPort: number, ethSrc: address, vlanId }));
      const fromOutside = provider.nics.map(({ number }) => ({ inPort: number, ethDst: address, vlanId }));
      return [...fromOvn, ...fromOutside].map((match) =>
        flowOf({ priority: fencePriority, match, outputs: [], hardTimeoutSec: fenceTimeoutSec }),
      );
    });
}
