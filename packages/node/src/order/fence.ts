import type { NodeOrder } from '@berth/api';
import type { ControllerState } from '../ovs/ovn-controller.ts';
import type { OrderedAddress } from './duty.ts';

/** An entry of the order. */
export type OrderedFence = NodeOrder['spec']['fences'][number];

export type FenceInputs = {
  /** In force now. */
  readonly fenced: readonly OrderedFence[];
  readonly ordered: readonly OrderedFence[];
  /** Addresses that the node answers for, by the last word of SB; none when SB says that its chassis has left. */
  readonly held: readonly OrderedAddress[];
  readonly controller: ControllerState;
  /** Every flow on the integration bridge was installed by the ovn-controller that runs now. */
  readonly areFlowsFresh: boolean;
};

/**
 * The fences that are to be in force. One goes up only while this node's own ovn-controller does not run and another
 * chassis serves, and comes down when the order drops it or ovn-controller is connected and has installed its flows. That
 * SB, the API or the controller cannot be reached never raises one.
 */
export function fencesNow({
  fenced,
  ordered,
  held,
  controller,
  areFlowsFresh,
}: FenceInputs): readonly OrderedFence[] {
  if (controller.running) {
    const isBack = controller.connected && areFlowsFresh;
    return isBack ? [] : ordered.filter((fence) => fenced.some((each) => isSameFence(each, fence)));
  }
  return ordered.filter(
    ({ network, vlanId, mac }) =>
      !held.some((each) => each.network === network && each.vlanId === vlanId && each.mac === mac),
  );
}

function isSameFence(left: OrderedFence, right: OrderedFence): boolean {
  return left.network === right.network && left.vlanId === right.vlanId && left.mac === right.mac;
}
