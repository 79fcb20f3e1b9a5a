import type { NodeReport } from '@berth/api';
import type { FlowsState } from '../ovs/flows-watch.ts';
import type { ControllerState } from '../ovs/ovn-controller.ts';

/**
 * What a report tells of ovn-controller. One that has just started says that it is connected to SB long before its flows are there: while the
 * switch goes by those of its predecessor it does not follow SB, whatever it says.
 */
export function controllerReport(
  { running, connected }: ControllerState,
  { areInstalled, areFresh }: FlowsState,
): Required<NodeReport['status']>['ovnController'] {
  return { running, connected: connected && (areFresh || !areInstalled), flowsInstalled: areInstalled };
}
