import type { ExternalFlow, Fabric } from '@berth/core';
import type { Places } from '@berth/lab';
import { parseEndpoint, parseIp } from '@berth/net';
import type { NbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import { type Connection, firstOfEach, wayOut } from './probe-connection.ts';
import type { Packets, Probing } from './probing.ts';

/** An OVN of which nothing but its rows is known, and where packets of its lab can start and end. */
export type ProbedRows = {
  readonly nb: Snapshot<NbTables>;
  readonly fabric: Fabric;
  readonly places: Places;
};

/** The packets that try flows, with nothing known but rows: pings of whole addresses, and connections through SNAT and forwarded ports. */
export function packetsOfRows(flows: readonly ExternalFlow[], rows: ProbedRows): Packets {
  const probings = flows.flatMap((flow) => probingOf(flow, rows));
  const connections = flows.flatMap((flow) => waysIn(flow, rows));
  return {
    // Two rows may have one address.
    probings: [...new Map(probings.map((each) => [`${each.address} ${podIn(each)}`, each])).values()],
    connections: [...connections, ...firstOfEach(flows.flatMap((flow) => waysOut(flow, rows)))],
  };
}

/** Of an address with all of its ports; the way out where the outside sees the workload with it, too. */
function probingOf(flow: ExternalFlow, rows: ProbedRows): readonly Probing[] {
  const { kind, direction, externalIp, externalPort } = flow;
  const address = parseIp(externalIp ?? '');
  const isWhole = kind === 'floating-ip' || (kind === 'port-forward' && externalPort === undefined);
  if (address === undefined || direction !== 'inbound' || !isWhole) return [];
  const pod = podOf(flow, rows);
  const to = rows.places.outside.find(({ holds }) => holds(address))?.ip;
  const isBoth = kind === 'floating-ip' && pod !== undefined && to !== undefined;
  return [{ address, of: pod ? { pod } : 'some-pod', outbound: isBoth ? { pod, to } : undefined }];
}

function waysOut(flow: ExternalFlow, rows: ProbedRows): readonly Connection[] {
  const seenAs = parseIp(flow.externalIp ?? '');
  if (flow.kind !== 'source-nat' || flow.direction !== 'outbound' || seenAs === undefined) return [];
  const pod = podOf(flow, rows);
  const to = rows.places.outside.find(({ holds }) => holds(seenAs))?.ip;
  return pod === undefined || to === undefined ? [] : [wayOut(pod, to, seenAs)];
}

/** From outside to a forwarded port of a load-balancer. */
function waysIn(flow: ExternalFlow, rows: ProbedRows): readonly Connection[] {
  const { kind, direction, externalPort } = flow;
  const to = parseIp(flow.externalIp ?? '');
  if (kind !== 'port-forward' || direction !== 'inbound' || externalPort === undefined) return [];
  const { protocol, port } = externalPort;
  const [server, serverPort] = [podOf(flow, rows), portBehind(flow, rows)];
  if (to === undefined || server === undefined || serverPort === undefined || protocol === 'sctp') return [];
  return [{ direction, protocol, from: 'outside', server, to, port, serverPort, seenAs: undefined }];
}

/** What the workload listens on. */
function portBehind(
  { rows, externalIp = '', externalPort, logicalIp }: ExternalFlow,
  { nb }: Pick<ProbedRows, 'nb'>,
): number | undefined {
  const balancer = rows.find(({ table }) => table === 'Load_Balancer');
  const vips = balancer && nb.table('Load_Balancer').get(balancer.uuid)?.vips;
  const isThis = (text: string): boolean => {
    const vip = parseEndpoint(text);
    return vip?.ip === parseIp(externalIp) && vip?.port === externalPort?.port;
  };
  const backends = [...(vips ?? [])].find(([vip]) => isThis(vip))?.[1] ?? '';
  const places = backends.split(',').flatMap((text) => parseEndpoint(text.trim()) ?? []);
  return places.find(({ ip }) => ip === parseIp(logicalIp))?.port;
}

/** The pod of the lab that has the address behind a flow: of several the one whose port it is. */
function podOf({ logicalIp, logicalPort = '' }: ExternalFlow, { fabric, places }: ProbedRows) {
  const mac = fabric.dataPlane?.bindings.get(logicalPort)?.addresses[0]?.split(' ')[0];
  return places.podWith(logicalIp, mac);
}

function podIn({ of }: Probing): string {
  return typeof of === 'string' ? of : of.pod;
}
