import {
  type AllAnswers,
  allAnswers,
  askServers,
  type Lab,
  type SeenPingOptions,
  seenPings,
} from '@berth/lab';
import { type Ip, parseIp } from '@berth/net';
import { answer } from '../output/answer.ts';
import type { ProbeAnswer } from '../schema/probe.ts';
import { outsidePort } from './probe-connection.ts';
import { type Connection, type Packets, type Probing, podsBehind } from './probing.ts';

/** Enough to tell one lost packet from none coming through, and quick. */
const pings = { count: 5, intervalMs: 100 } as const;

type Flow = ProbeAnswer['flows'][number];

/** Sends packets: first who answers, then pings both ways at once, then connections. */
export async function sendPackets(
  lab: Lab,
  target: string,
  { probings, connections }: Packets,
  signal: AbortSignal,
): Promise<ProbeAnswer> {
  const first = await askAll(lab, [
    ...probings.map(({ address }) => address),
    ...connections.map(({ seenAs, to }) => seenAs ?? to),
  ]);
  const flows: Flow[] = [];
  for (const flow of await pingAll(lab, probings, signal))
    flows.push(await orConnected(lab, flow, probings, signal));
  // One after another: they may share a port.
  for (const each of connections) flows.push(await connect(lab, each, signal));
  const isThrough = flows.every(
    ({ received, rightAs, silent }) => received > 0 && rightAs === undefined && silent === undefined,
  );
  return probed(target, isThrough, flows, await askAgain(lab, first));
}

/** A ping, and the address that the outside is to see its sender with; undefined where it is the outside's own. */
type Way = SeenPingOptions & {
  readonly direction: 'inbound' | 'outbound';
  readonly rightAs: Ip | undefined;
};

async function pingAll(
  lab: Lab,
  probings: readonly Probing[],
  signal: AbortSignal,
): Promise<readonly Flow[]> {
  const ways = probings.flatMap(waysOf);
  if (ways.length === 0) return [];
  const seen = await seenPings(lab, ways, { ...pings, signal });
  return seen.map(
    ({ way, sent, received, duplicates, strangers, otherAnswers, reached, unsent, ...one }): Flow => {
      const { direction, from, to, rightAs } = way;
      const seenAs = direction === 'outbound' ? one.seenAs : null;
      const isWrong = rightAs !== undefined && seenAs !== null && parseIp(seenAs) !== rightAs;
      return {
        ...{ direction, protocol: 'icmp', from, to, port: null, sent, received, seenAs },
        ...(isWrong && { rightAs }),
        ...(unsent !== undefined && { unsent }),
        ...(strangers.length > 0 && { answeredBy: [...strangers] }),
        ...{ reached: [...reached], otherAnswers, duplicates },
      };
    },
  );
}

/** In to the workload, and from it out. What leaves a workload with a floating IP is to be seen with that address. */
function waysOf({ address, of, outbound }: Probing): readonly Way[] {
  const isFor = (place: string): boolean =>
    typeof of === 'string' ? place !== 'outside' : of.pods.includes(place);
  const inbound: Way = {
    ...{ direction: 'inbound', from: 'outside', to: address, rightAs: undefined },
    ...(of !== 'anybody' && { isFor }),
  };
  if (!outbound) return [inbound];
  const isOutside = (place: string): boolean => place === 'outside';
  const { pod: from, to } = outbound;
  return [inbound, { direction: 'outbound', from, to, rightAs: address, isFor: isOutside }];
}

/**
 * A router answers pings to an address of its own, which do not tell what becomes of what it translates: there a connection does, and
 * stands for the pings. The flow itself everywhere else.
 */
async function orConnected(
  lab: Lab,
  flow: Flow,
  probings: readonly Probing[],
  signal: AbortSignal,
): Promise<Flow> {
  const { direction, to, otherAnswers, reached } = flow;
  if (direction === 'outbound' || otherAnswers === 0 || reached.length > 0) return flow;
  const address = parseIp(to);
  const pods = probings.flatMap((each) => (each.address === address ? podsBehind(each) : []));
  if (address === undefined || pods.length === 0) return flow;
  const backends = pods.map((place) => ({ place, port: outsidePort }));
  const ends = { from: 'outside', to: address, port: outsidePort, backends, seenAs: undefined } as const;
  const connected = await connect(lab, { direction, protocol: 'tcp', ...ends }, signal);
  return { ...connected, otherAnswers };
}

type Asked = AllAnswers & { readonly address: string };

/** Packets may get through by what the outside learned before: then nobody new would find the address. */
function probed(target: string, isThrough: boolean, flows: Flow[], asked: readonly Asked[]): ProbeAnswer {
  const reachable = isThrough && asked.every(isAnswered);
  const answers = asked.flatMap(({ address, answerers }): ProbeAnswer['answers'] =>
    answerers.length === 0
      ? [{ address, mac: null, node: null }]
      : answerers.map(({ mac, node }) => ({ address, mac, node })),
  );
  return answer('Probe', [], { target, reachable, flows, answers });
}

async function askAll(lab: Lab, asked: readonly Ip[]): Promise<readonly Asked[]> {
  const addresses = [...new Set(asked)];
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

/** Connects, once or as often as it takes to meet every backend, and tells who answered and whether each saw the address that it should. */
async function connect(
  lab: Lab,
  { direction, protocol, from, to, port, backends, others = 0, seenAs }: Connection,
  signal: AbortSignal,
): Promise<Flow> {
  const { sent, answers } = await askServers(lab, {
    from,
    protocol,
    to,
    port,
    servers: backends,
    others,
    signal,
  });
  const wrong = answers.find(({ peer }) => seenAs !== undefined && peer !== seenAs);
  const reached = [...new Set(answers.map(({ place }) => place))].toSorted();
  const missed = [...new Set(backends.map(({ place }) => place))].filter((place) => !reached.includes(place));
  // Where all were answered, something other than chance chooses among backends.
  const isPart = answers.length > 0 && answers.length < sent && missed.length > 0;
  return {
    ...{ direction, protocol, from, to, port, sent, received: answers.length },
    seenAs: (wrong ?? answers[0])?.peer ?? null,
    ...(wrong && seenAs !== undefined && { rightAs: seenAs }),
    ...(isPart && { silent: missed.toSorted() }),
    ...{ reached, otherAnswers: 0, duplicates: 0 },
  };
}
