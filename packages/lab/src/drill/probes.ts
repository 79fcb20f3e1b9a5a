import type { ExternalFlow, Fabric } from '@berth/core';
import { parseIp } from '@berth/net';
import type { Server } from '../probe/ask-servers.ts';
import type { AskedAddress, ProbeFlow } from '../prober/prober.ts';
import { forwardKey, type OutsideAddress, type Places, podOf } from './places.ts';

/** A flow, and the packets that try it. */
export type Trial = { readonly flow: ExternalFlow; readonly probe: ProbeFlow; readonly ask: AskedAddress };

/** What can be tried on a lab, and what cannot, with the reason in one sentence each. */
export type Trials = {
  readonly trials: readonly Trial[];
  readonly untried: readonly { readonly flow: ExternalFlow; readonly why: string }[];
};

/** Works out the packets for each flow: which pod sends them, and to which address. */
export function trialsOf(flows: readonly ExternalFlow[], fabric: Fabric, places: Places): Trials {
  const trials: Trial[] = [];
  const untried: { flow: ExternalFlow; why: string }[] = [];
  const answering = answeringOf(flows, fabric, places);
  for (const flow of flows) {
    const probe = probeOf(flow, { fabric, places, answering }, String(trials.length));
    if (typeof probe === 'string') untried.push({ flow, why: probe });
    else trials.push({ flow, ...probe });
  }
  return { trials, untried };
}

/** Where flows can be tried. */
type Field = {
  readonly fabric: Fabric;
  readonly places: Places;
  /** Who answers what is sent by UDP to a port that is forwarded, by {@link forwardKey}. */
  readonly answering: ReadonlyMap<string, readonly Server[]>;
};

/** The pods behind each UDP port that is forwarded: all backends of a load-balancer, as any may get what is sent. */
function answeringOf(flows: readonly ExternalFlow[], fabric: Fabric, places: Places): Field['answering'] {
  const forwarded = flows.filter(({ externalPort }) => externalPort?.protocol === 'udp');
  const byPort = Map.groupBy(forwarded, forwardKey);
  return new Map(
    [...byPort].map(([key, those]) => [
      key,
      those.flatMap((flow) => {
        const place = podOf(flow, fabric, places);
        const port = flow.innerPort ?? flow.externalPort?.port;
        return place === undefined || port === undefined ? [] : [{ place, port }];
      }),
    ]),
  );
}

function probeOf(flow: ExternalFlow, field: Field, key: string): Pick<Trial, 'probe' | 'ask'> | string {
  const externalIp = parseIp(flow.externalIp ?? '');
  if (externalIp === undefined) return 'it has no external address';
  const wire = field.places.outside.find(({ holds }) => holds(externalIp));
  if (wire === undefined) return `no network of outside has ${externalIp}`;
  const ask: AskedAddress = { ip: externalIp, wire: wire.wire, vlanId: wire.vlanId, source: wire.ip };
  const packets = packetsOf(flow, field, wire);
  return typeof packets === 'string' ? packets : { probe: { key, ...packets }, ask };
}

function packetsOf(
  flow: ExternalFlow,
  { fabric, places, answering }: Field,
  wire: OutsideAddress,
): Omit<ProbeFlow, 'key'> | string {
  const { externalIp = '', externalPort, direction, source } = flow;
  if (externalPort?.protocol === 'sctp') return `${externalPort.protocol} is not tried`;
  // Nobody needs to listen for TCP, as a refusal is an answer; what tells of a closed port of another protocol need not come back.
  const servers = externalPort?.protocol === 'udp' ? (answering.get(forwardKey(flow)) ?? []) : undefined;
  if (servers?.length === 0 && flow.logicalIp !== '') return `no pod of the lab has ${flow.logicalIp}`;
  const leaving = direction === 'outbound' ? flow : source;
  // Its packets would tell of the address that they do leave by.
  if (leaving?.obstacle?.reason === 'fip-ambiguous') return `${leaving.logicalIp} leaves by another address`;
  if (flow.obstacle?.reason === 'address-shared') return `another workload answers for ${externalIp}`;
  const port = { ...portTo(flow), ...(servers && { answering: servers }) };
  if (direction === 'inbound') return { from: 'outside', to: externalIp, ...port };
  const sender = direction === 'hairpin' ? source : flow;
  const pod = sender && podOf(sender, fabric, places);
  if (pod === undefined) return 'no pod of the lab sends it';
  return { from: pod, to: direction === 'hairpin' ? externalIp : wire.ip, ...port };
}

/** The port that packets to an address are for; none for pings, which a router answers by itself where the address is its own. */
function portTo({ externalPort, direction, isRouterAddress }: ExternalFlow): Pick<ProbeFlow, 'port'> {
  if (externalPort !== undefined) return { port: externalPort.port };
  return isRouterAddress && direction !== 'outbound' ? { port: unusedPort } : {};
}

/** Where nobody listens (discard, RFC 863): a refusal is an answer as well. */
const unusedPort = 9;
