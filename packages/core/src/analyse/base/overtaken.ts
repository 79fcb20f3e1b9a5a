import { formatRef } from '@berth/api';
import type { Fabric } from '../../fabric/fabric.ts';
import { formerGatewaysAt } from '../../fabric/former-gateways.ts';
import { frozenChassis } from '../../fabric/frozen.ts';
import { type Overtaken, overtakenAt } from '../../fabric/overtaken.ts';
import { unacquaintedAt } from '../../fabric/unacquainted.ts';
import type { ExternalFlow } from '../flow.ts';

/**
 * Flows that pass a gateway with what the node of their workload goes on with that stands still, where that is not what NB says now or it knows
 * nobody to send to, and with the gateways that it knows. The very same flows where every chassis keeps up.
 */
export function withOvertaken(flows: readonly ExternalFlow[], fabric: Fabric): readonly ExternalFlow[] {
  if (frozenChassis(fabric).size === 0) return flows;
  const of = ({ placement, logicalPort, origins }: ExternalFlow): Overtaken | undefined => {
    if (placement !== 'centralized' || logicalPort === undefined) return undefined;
    return overtakenAt(
      fabric,
      logicalPort,
      origins.map(({ object }) => formatRef(object)),
    );
  };
  return flows.map((flow) => {
    const overtaken = of(flow) ?? (flow.source && of(flow.source)) ?? aloneFor(flow, fabric);
    const sent = withFormerGateways(flow, fabric);
    const source = flow.source && withFormerGateways(flow.source, fabric);
    const told = source === flow.source || source === undefined ? sent : { ...sent, source };
    return overtaken === undefined ? told : { ...told, overtaken };
  });
}

/** That the node of a flow's workload has nobody outside to send to; what stays within a router needs nobody there. */
function aloneFor(flow: ExternalFlow, fabric: Fabric): Overtaken | undefined {
  const { placement, direction, logicalPort, gatewayPort } = flow;
  if (placement !== 'centralized' || direction === 'hairpin') return undefined;
  if (logicalPort === undefined || gatewayPort === undefined) return undefined;
  return unacquaintedAt(fabric, logicalPort, gatewayPort);
}

function withFormerGateways(flow: ExternalFlow, fabric: Fabric): ExternalFlow {
  const { placement, logicalPort, gatewayPort } = flow;
  if (placement !== 'centralized' || logicalPort === undefined || gatewayPort === undefined) return flow;
  const formerGateways = formerGatewaysAt(fabric, logicalPort, gatewayPort);
  return formerGateways === undefined ? flow : { ...flow, formerGateways };
}
