import type { ExternalFlow, Talk } from '@berth/core';
import type { ProbeAnswer } from '../schema/probe.ts';
import type { Connection, Probing } from './probing.ts';

/** Packets that did not get through: what they were, and which flow they are of. */
export type LostPackets = {
  readonly talk: Talk;
  readonly isMeant: (flow: ExternalFlow) => boolean;
};

type Sent = ProbeAnswer['flows'][number];

/** Those of a probe that were not answered, or not by all who should. */
export function lostIn(
  flows: readonly Sent[],
  probings: readonly Probing[],
  connections: readonly Connection[],
): readonly LostPackets[] {
  return flows
    .filter(({ received, silent }) => received === 0 || silent !== undefined)
    .map((sent) => {
      const connection = connections.find(
        ({ direction, from, to, port }) =>
          direction === sent.direction && from === sent.from && to === sent.to && port === sent.port,
      );
      return connection ? ofConnection(connection) : ofProbing(sent, probings);
    });
}

/** The outside pings, or connects, and is pinged at the gateway's address of the external subnet. */
function ofProbing({ direction, protocol, port, from, to }: Sent, probings: readonly Probing[]): LostPackets {
  const isIn = direction === 'inbound';
  const own = probings.filter(({ address, outbound }) =>
    isIn ? address === to : outbound?.pod === from && outbound.to === to,
  );
  const addresses: ReadonlySet<string | undefined> = new Set(own.map(({ address }) => address));
  const peer = isIn ? own[0]?.outbound?.to : to;
  return {
    talk: { protocol, ...(port !== null && { port, innerPort: port }), ...(peer !== undefined && { peer }) },
    isMeant: (flow) => flow.direction === direction && addresses.has(flow.externalIp),
  };
}

function ofConnection({ direction, protocol, from, backends, to, port, seenAs }: Connection): LostPackets {
  const isIn = direction === 'inbound';
  const [namespace = '', name = ''] = from.split('/');
  const ports = new Set(backends.map((each) => each.port));
  const inner = ports.size === 1 ? { innerPort: [...ports][0] } : {};
  const isOfPod = ({ logicalPort }: ExternalFlow): boolean => logicalPort === `${name}.${namespace}`;
  return {
    talk: { protocol, port, ...(isIn ? inner : { peer: to }) },
    isMeant: (flow) =>
      flow.direction === direction &&
      flow.externalIp === (isIn ? to : seenAs) &&
      (isIn || isOfPod(flow)) &&
      (flow.externalPort === undefined || flow.externalPort.port === port),
  };
}
