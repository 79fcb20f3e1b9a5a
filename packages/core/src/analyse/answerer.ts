import { type Fabric, gatewayClaim } from '../fabric/fabric.ts';
import type { Verdict } from './verdict.ts';

/**
 * The SB name of the chassis that answers for the address of a flow as things are now: the berth of its verdict, else the gateway that has the
 * address whatever it leads to, where only that is not known. Undefined where nobody does, or where that cannot be told.
 */
export function answererOf(
  { flow, after }: Pick<Verdict, 'flow' | 'after'>,
  fabric: Fabric,
): string | undefined {
  if (after.berth !== undefined) return after.berth;
  const isOfGateway = flow.placement === 'centralized' && flow.gatewayPort !== undefined;
  if (!isOfGateway || after.outcome !== 'unknown' || after.conflict.length > 0) return undefined;
  return gatewayClaim(fabric, flow.gatewayPort);
}
