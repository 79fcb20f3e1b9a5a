import type { TunnelBfd } from '../fabric/fabric.ts';
import type { ExternalFlow } from './flow.ts';
import type { ExpectedOutage, FlowState } from './verdict.ts';
import { tunnelWorks } from './world/tunnel.ts';
import { switches, type World } from './world/world.ts';

/** From the end of the old gateway's role to the claim of the new one. Measured on OVN 23.03: 20 to 100 ms. */
const claimMs = 100;

/** ovn-controller announces a second after it becomes resident (pinctrl, `send_garp_rarp_prepare`). */
const announceMs = 1000;

/** How long BFD takes to call a peer dead: its multiplier times the slower of what one sends and the other bears (RFC 5880, 6.8.4). */
export function detectionMs({ minRxMs, minTxMs, multiplier }: TunnelBfd): number {
  return multiplier * Math.max(minRxMs, minTxMs);
}

/** How long a flow that moves is away. A gateway that leaves in good order needs no detection. */
export function expectedOutage(
  world: World,
  flow: ExternalFlow,
  before: FlowState,
  after: FlowState,
): ExpectedOutage | undefined {
  if (before.berth === undefined || after.berth === undefined || before.berth === after.berth)
    return undefined;
  const silent = !switches(world, before.berth) || !tunnelWorks(world, before.berth, after.berth);
  const left = world.absent.has(before.berth);
  const detect = silent && !left ? detectionMs(world.plane.tunnelBfd) : 0;
  const announce = flow.direction === 'outbound' ? 0 : announceMs;
  return { ms: detect + claimMs + announce, terms: { detect, claim: claimMs, announce } };
}
