import type { NodeReport } from '@berth/api';
import { checkKey, type NodeHealth } from './fabric.ts';

/** What a report says about its node. `isFresh` is false once the agent has gone silent. */
export function nodeHealthOf({ metadata, status }: NodeReport, isFresh: boolean): NodeHealth {
  const { chassis, ready, ovnController, uplinks, tunnels, checked, fenced = [] } = status;
  const known = uplinks?.filter(({ state }) => state !== 'Unknown');
  return {
    node: metadata.name,
    isFresh,
    ...(chassis !== undefined && { chassis }),
    ...(ready !== undefined && { ready }),
    ...(ovnController && {
      controllerRuns: ovnController.running,
      controllerConnected: ovnController.connected,
      flowsInstalled: ovnController.flowsInstalled,
    }),
    ...(fenced.length > 0 && { fenced: new Set(fenced) }),
    ...(known && { uplinks: new Map(known.map(({ network, state }) => [network, state === 'Up'])) }),
    ...(checked && { checked: new Map(checked.map((each) => [checkKey(each), each.mac])) }),
    ...(tunnels && { tunnels: new Map(tunnels.map((each) => [each.chassis, each.up])) }),
  };
}
