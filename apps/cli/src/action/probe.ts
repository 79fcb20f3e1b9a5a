import { formatRef, type ResourceSet } from '@berth/api';
import { atLeast, type Finding, fabricOf, type Intent, sortFindings } from '@berth/core';
import { type AllAnswers, allAnswers, type Lab, ping, tcpEcho, udpEcho } from '@berth/lab';
import { type Ip, parseIp } from '@berth/net';
import { askedOf } from '../context/asked.ts';
import { CliFault } from '../context/cli-fault.ts';
import { type Cluster, clusterOf, homeOf } from '../context/cluster.ts';
import { controllerOf, isAtWork } from '../context/controller-state.ts';
import type { Invocation } from '../context/invocation.ts';
import { findPlace, type Place, requireLab } from '../context/place.ts';
import { openReadSession } from '../context/session.ts';
import { answer, jsonText } from '../output/answer.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { findingLines } from '../output/findings.ts';
import { twoAnswerers } from '../output/probe-answerers.ts';
import { probeText } from '../output/probe-text.ts';
import type { ProbeAnswer } from '../schema/probe.ts';
import { type LostPackets, lostIn } from './probe-lost.ts';
import { type Connection, connectionsOf, outsidePort } from './probe-rule.ts';
import { notFound, type Probing, probingsOf, refOfText } from './probe-target.ts';

/** Enough to tell one lost packet from none coming through, and quick. */
const pings = { count: 5, intervalMs: 100 } as const;

export async function run({ words, options, environment, terminal, signal }: Invocation): Promise<ExitCode> {
  const [target = ''] = words;
  const place = findPlace(options, environment);
  const lab = requireLab(place);
  const cluster = await clusterOf(options, place);
  const { probings, connections, findings: known } = await resolveTarget(target, place, cluster, signal);
  const packets = await probe(lab, target, probings, connections, signal);
  // Where all is well they would only distract.
  const findings = packets.reachable
    ? []
    : sortFindings([
        ...twoAnswerers(packets.answers),
        ...known,
        ...(await brokenBy({ options, environment, signal }, lostIn(packets.flows, probings, connections))),
      ]);
  const told: ProbeAnswer = packets.reachable ? packets : { ...packets, ...answer('Probe', findings, {}) };
  const { out, err } = terminal;
  if (options.output !== 'json') err.write(findingLines(findings, err));
  out.write(options.output === 'json' ? jsonText(told) : probeText(told, out.style));
  return told.reachable ? exitCodes.fine : exitCodes.notFine;
}

/** What in NB and SB keeps packets from getting through, as far as it can be analysed; of those that were lost, what dropped them. */
async function brokenBy(
  { options, environment, signal }: Pick<Invocation, 'options' | 'environment' | 'signal'>,
  lost: readonly LostPackets[],
): Promise<readonly Finding[]> {
  const [{ openAnalysis }, { droppedTalk }] = await Promise.all([
    import('../context/analysis.ts'),
    import('@berth/core'),
  ]);
  try {
    const { audit, flows, observed, fabric } = await openAnalysis(options, environment, signal);
    const all = audit().filter((each) => atLeast(each, 'error') && each.object !== undefined);
    const known = new Set(all.map(({ code, object }) => `${code} ${object && formatRef(object)}`));
    // What drops all packets is told already.
    const dropped = lost.flatMap(({ isMeant, talk }) =>
      flows
        .filter((flow) => isMeant(flow) && flow.obstacle === undefined)
        .flatMap((flow) => droppedTalk({ nb: observed.nb, fabric }, flow, talk)),
    );
    return [
      ...all,
      ...dropped.filter(({ code, object }) => !known.has(`${code} ${object && formatRef(object)}`)),
    ];
  } catch (fault) {
    if (signal.aborted || !(fault instanceof CliFault)) throw fault;
    return [];
  }
}

/** What is to be sent: pings to addresses, or the connections that show a rule. */
type Packets = {
  readonly probings: readonly Probing[];
  readonly connections: readonly Connection[];
  /** What is wrong with what is asked for there, or with how NB has it. */
  readonly findings: readonly Finding[];
};

async function resolveTarget(
  target: string,
  place: Place,
  cluster: Cluster | undefined,
  signal: AbortSignal,
): Promise<Packets> {
  await using session = await openReadSession({ place, cluster, signal });
  const { reader, ovn, settings } = session;
  const fabric = fabricOf(ovn.northbound.snapshot(), ovn.southbound.snapshot());
  const listing = await reader.list();
  const nb = ovn.northbound.snapshot();
  const controller = await controllerOf(cluster, place.stateFolder);
  const asked = askedOf({
    ...{ listing, nb, fabric, settings },
    ...{ isControlled: isAtWork(controller), isStopped: controller.stopped },
    isUnknown: controller.running === null,
    home: homeOf(cluster, place),
  });
  const { resources, intent } = asked;
  const findings = asked.findings.filter((each) => atLeast(each, 'warning') && each.object !== undefined);
  const connections = target.includes('/') ? connectionsTo(target, intent, resources) : undefined;
  if (connections) return { probings: addressesOf(connections), connections, findings };
  return { probings: probingsOf(target, intent, resources), connections: [], findings };
}

/** The connections through a rule; undefined for an object of another kind. Throws as `connectionsOf`, and `cannot-tell` without it. */
function connectionsTo(
  target: string,
  intent: Intent,
  resources: ResourceSet,
): readonly Connection[] | undefined {
  const ref = refOfText(target);
  if (ref.kind !== 'OvnSnatRule' && ref.kind !== 'OvnDnatRule') return undefined;
  const names = resources[ref.kind].map(({ metadata }) => metadata.name);
  if (!names.includes(ref.name)) throw notFound(target, ref.name, names);
  return connectionsOf(ref, intent, resources);
}

/** The public addresses of connections, without pings of their own: a forwarded port answers none. */
function addressesOf(connections: readonly Connection[]): readonly Probing[] {
  const addresses = connections.map(({ seenAs, to }) => seenAs ?? to);
  return [...new Set(addresses)].map((address) => ({ address, outbound: undefined }));
}

/** Sends the packets: first who answers, then pings both ways at once. */
async function probe(
  lab: Lab,
  target: string,
  probings: readonly Probing[],
  connections: readonly Connection[],
  signal: AbortSignal,
): Promise<ProbeAnswer> {
  const first = await askAll(lab, probings);
  if (connections.length > 0) {
    const shown = [];
    // One after another: they may share a port.
    for (const each of connections) shown.push(await connect(lab, each));
    const isThrough = shown.every(({ flow, isRight }) => flow.received > 0 && isRight);
    return probed(
      target,
      isThrough,
      shown.map(({ flow }) => flow),
      await askAgain(lab, first),
    );
  }
  const pinged = await Promise.all(
    probings.flatMap(({ address, outbound }) => [
      pingFlow(lab, 'inbound', 'outside', address, signal).then((flow) => ({ flow, address })),
      ...(outbound
        ? [pingFlow(lab, 'outbound', outbound.pod, outbound.to, signal).then((flow) => ({ flow, address }))]
        : []),
    ]),
  );
  const flows: ProbeAnswer['flows'][number][] = [];
  // One after another: they share a port.
  for (const { flow, address } of pinged) flows.push(rightly(await withSource(lab, flow), address));
  return probed(
    target,
    flows.every(({ received, rightAs }) => received > 0 && rightAs === undefined),
    flows,
    await askAgain(lab, first),
  );
}

type Asked = AllAnswers & { readonly address: string };

/** Packets may get through by what the outside learned before: then nobody new would find the address. */
function probed(
  target: string,
  isThrough: boolean,
  flows: ProbeAnswer['flows'],
  asked: readonly Asked[],
): ProbeAnswer {
  const reachable = isThrough && asked.every(isAnswered);
  const answers = asked.flatMap(({ address, answerers }): ProbeAnswer['answers'] =>
    answerers.length === 0
      ? [{ address, mac: null, node: null }]
      : answerers.map(({ mac, node }) => ({ address, mac, node })),
  );
  return answer('Probe', [], { target, reachable, flows, answers });
}

async function askAll(lab: Lab, probings: readonly Probing[]): Promise<readonly Asked[]> {
  const addresses = [...new Set(probings.map(({ address }) => address))];
  const all = await allAnswers(lab, addresses);
  return all.map((one, place) => ({ address: addresses[place] ?? '', ...one }));
}

/**
 * Asks once more where nobody answered, or several did: just after something came back, the first question may be lost, and just
 * after an address moved, the one that had it may still have answered.
 */
async function askAgain(lab: Lab, asked: readonly Asked[]): Promise<readonly Asked[]> {
  const doubtful = asked.filter((one) => !isAnswered(one)).map(({ address }) => address);
  if (doubtful.length === 0) return asked;
  const anew = await allAnswers(lab, doubtful);
  return asked.map((one) => ({ ...one, ...anew[doubtful.indexOf(one.address)] }));
}

/** By exactly one. An address of no network of the outside is found by a route, and nobody asks for it. */
function isAnswered({ asked, answerers }: AllAnswers): boolean {
  return !asked || answerers.length === 1;
}

async function pingFlow(
  lab: Lab,
  direction: 'inbound' | 'outbound',
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<ProbeAnswer['flows'][number]> {
  const { sent, received, duplicates, strangers } = await ping(lab, { from, to, ...pings, signal });
  const told = { direction, from, to, sent, received, duplicates } as const;
  return {
    ...told,
    ...{ protocol: 'icmp', port: null, seenAs: null },
    ...(strangers.length > 0 && { answeredBy: [...strangers] }),
  };
}

/**
 * The flow with the address that the outside sees its pod with. A ping does not tell it, so the pod connects to the same place;
 * a pod that can ping and not connect is not told of.
 */
async function withSource(
  lab: Lab,
  flow: ProbeAnswer['flows'][number],
): Promise<ProbeAnswer['flows'][number]> {
  if (flow.direction === 'inbound' || flow.received === 0) return flow;
  const { from, to } = flow;
  const result = await tcpEcho(lab, { from, server: 'outside', to, port: outsidePort, bytes: 1_000 });
  return result.kind === 'echoed' ? { ...flow, seenAs: result.peer } : flow;
}

/** What leaves a workload with a floating IP is to be seen with that address. */
function rightly(flow: ProbeAnswer['flows'][number], address: Ip): ProbeAnswer['flows'][number] {
  return flow.seenAs === null || parseIp(flow.seenAs) === address ? flow : { ...flow, rightAs: address };
}

/** Connects once, and tells whether the server saw the address that it should. */
async function connect(
  lab: Lab,
  { direction, protocol, from, server, to, port, serverPort, seenAs }: Connection,
): Promise<{ readonly flow: ProbeAnswer['flows'][number]; readonly isRight: boolean }> {
  const options = { from, server, to, port, serverPort };
  const result = await (protocol === 'udp'
    ? udpEcho(lab, options)
    : tcpEcho(lab, { ...options, bytes: 1_000 }));
  const peer = result.kind === 'echoed' ? result.peer : null;
  const isRight = seenAs === undefined || peer === seenAs;
  const flow = {
    direction,
    protocol,
    from,
    to,
    port,
    sent: 1,
    received: peer === null ? 0 : 1,
    seenAs: peer,
    ...(peer !== null && !isRight && { rightAs: seenAs }),
    duplicates: 0,
  };
  return { flow, isRight };
}
