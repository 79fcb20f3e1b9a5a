import type { NodeReport } from '@berth/api';
import type { FlowsState } from '../ovs/flows-watch.ts';
import type { ControllerState } from '../ovs/ovn-controller.ts';

/**
 * Whether ovn-controller follows SB. One that has just started says that it is connected long before its flows are there: while the switch
 * goes by those of its predecessor it does not follow, whatever it says.
 */
export function followsSb({ connected }: ControllerState, { areInstalled, areFresh }: FlowsState): boolean {
  return connected && (areFresh || !areInstalled);
}

/** What a report tells of ovn-controller. */
export function controllerReport(
  controller: ControllerState,
  flows: FlowsState,
): Required<NodeReport['status']>['ovnController'] {
  return {
    running: controller.running,
    connected: followsSb(controller, flows),
    flowsInstalled: flows.areInstalled,
  };
}
