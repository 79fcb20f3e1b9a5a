import { parseIp, prefixLengthOf } from '@berth/net';
import { switchesByRouterPort } from '../../fabric/external-networks.ts';
import type { Fabric } from '../../fabric/fabric.ts';
import { networkOf } from '../../fabric/linger-inner.ts';
import { strayedAt, strayedAtWorkload } from '../../fabric/strayed.ts';
import { straysIn } from '../../fabric/strays.ts';
import type { ExternalFlow } from '../flow.ts';

/**
 * Flows on their way out with what chassis that stand still do to them where they pass there: by a floating IP or a source NAT that was deleted they
 * leave with another address than NB has for them. The very same flows where none does. A floating IP that a chassis lacks or had for
 * somebody else is told of by itself, see `withInstalled`.
 */
export function withStrays(flows: readonly ExternalFlow[], fabric: Fabric): readonly ExternalFlow[] {
  const chassis = [...new Set(straysIn(fabric).map((each) => each.chassis))];
  if (chassis.length === 0 || !fabric.dataPlane) return flows;
  const switches = switchesByRouterPort(fabric.dataPlane.externals);
  return flows.map((flow) => {
    const { direction, kind, router, logicalPort, gatewayPort = '' } = flow;
    const [switchName, address] = [switches.get(gatewayPort), parseIp(flow.logicalIp)];
    if (direction !== 'outbound' || kind === 'floating-ip' || logicalPort === undefined) return flow;
    if (switchName === undefined || address === undefined) return flow;
    const leaving = { router, address, prefix: prefixOf(flow, fabric), switchName };
    const strays = chassis.flatMap((each) => strayedAt(fabric, each, leaving) ?? []);
    const overtaken = flow.overtaken ?? strayedAtWorkload(fabric, logicalPort, leaving);
    if (overtaken === flow.overtaken && strays.length === 0) return flow;
    return { ...flow, ...(overtaken && { overtaken }), ...(strays.length > 0 && { strays }) };
  });
}

/** How long the prefix of the row is by which a flow is translated. */
function prefixOf({ kind, rows }: ExternalFlow, { northbound }: Fabric): number {
  if (kind !== 'source-nat') return -1;
  const lengths = rows.flatMap(({ db, table, uuid }) => {
    const row = db === 'NB' && table === 'NAT' ? northbound?.table('NAT').get(uuid) : undefined;
    const network = row?.type === 'snat' ? networkOf(row.logical_ip) : undefined;
    return network === undefined ? [] : [prefixLengthOf(network)];
  });
  return Math.max(0, ...lengths);
}
