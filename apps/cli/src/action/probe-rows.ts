import type { ExternalFlow } from '@berth/core';
import { forwardKey } from '@berth/lab';
import { parseIp } from '@berth/net';
import { wayOut } from './probe-connection.ts';
import type { Connection, Packets, Probing, Rows } from './probing.ts';

/**
 * What rows of NB do that no object asks for, beside what is sent already: pings of a workload that has a whole address, connections to what
 * load-balancers forward, and out of the pods that are translated.
 */
export function rowPackets(rows: Rows, sent: Packets): Packets {
  const isNew = besides(sent);
  const meant = rows.flows.filter((flow) => parseIp(flow.externalIp ?? '') !== undefined && isNew(flow));
  const forwards = forwardsOf(meant, rows);
  const ways = waysOutOf(meant, rows);
  const untried = [...forwards, ...ways].flatMap((each) => each.untried ?? []);
  return {
    probings: wholesOf(meant, rows),
    connections: [...forwards, ...ways].flatMap((each) => each.connections),
    ...(untried.length > 0 && { untried: untried.join('; ') }),
  };
}

/** Whether no packets tell of a flow yet. */
function besides({ probings, connections }: Packets): (flow: ExternalFlow) => boolean {
  const whole = new Set<string>(probings.map(({ address }) => address));
  const ways = new Set<string>(
    connections.map(({ direction, to, port, protocol, seenAs }) =>
      direction === 'inbound' ? `${protocol} ${to} ${port}` : `as ${seenAs}`,
    ),
  );
  return ({ kind, externalIp = '', externalPort: at }) => {
    const ip = parseIp(externalIp) ?? externalIp;
    if (kind === 'source-nat') return !ways.has(`as ${ip}`);
    return at ? !ways.has(`${at.protocol} ${ip} ${at.port}`) : !whole.has(ip);
  };
}

/** Pings in to whoever has an address as a whole, by a NAT row or a load-balancer that forwards every port; and out of who leaves by it. */
function wholesOf(meant: readonly ExternalFlow[], { all, podOf, outsideBeside }: Rows): readonly Probing[] {
  const isWay = ({ direction, kind, externalPort }: ExternalFlow): boolean =>
    direction === 'inbound' &&
    (kind === 'floating-ip' || (kind === 'port-forward' && externalPort === undefined));
  const beside = all.filter(isWay);
  return [...Map.groupBy(meant.filter(isWay), ({ externalIp }) => parseIp(externalIp ?? ''))].flatMap(
    ([address, [first]]): readonly Probing[] => {
      if (address === undefined) return [];
      const isIts = ({ externalIp }: ExternalFlow): boolean => externalIp === first?.externalIp;
      const pods = distinct(beside.filter(isIts).flatMap((flow) => podOf(flow) ?? []));
      const to = outsideBeside(address);
      const [pod] = pods;
      const leaves = all.some(
        (flow) =>
          isIts(flow) &&
          flow.direction === 'outbound' &&
          flow.kind === 'floating-ip' &&
          flow.obstacle?.reason !== 'fip-ambiguous',
      );
      return [
        {
          address,
          of: pods.length > 0 ? { pods } : 'some-pod',
          outbound: pod !== undefined && to !== undefined && leaves ? { pod, to } : undefined,
        },
      ];
    },
  );
}

/** To each port that is forwarded, with all workloads it may lead to; or why one cannot be tried. */
function forwardsOf(
  meant: readonly ExternalFlow[],
  { all, podOf }: Rows,
): readonly { readonly connections: readonly Connection[]; readonly untried?: string }[] {
  const isForward = (flow: ExternalFlow): boolean => flow.direction === 'inbound' && !!flow.externalPort;
  const wanted = new Set(meant.filter(isForward).map(forwardKey));
  const beside = all.filter((flow) => isForward(flow) && wanted.has(forwardKey(flow)));
  return [...Map.groupBy(beside, forwardKey).values()].map((flows) => {
    const [{ externalIp = '', externalPort: at } = {}] = flows;
    const to = parseIp(externalIp);
    if (to === undefined || at === undefined) return { connections: [] };
    const what = `${at.protocol} port ${at.port} of ${to}`;
    if (at.protocol === 'sctp') return { connections: [], untried: `${what} is not tried` };
    const leading = flows.filter(({ logicalIp }) => logicalIp !== '');
    const backends = leading.flatMap((flow) => {
      const place = podOf(flow);
      return place === undefined ? [] : [{ place, port: flow.innerPort ?? at.port }];
    });
    const nobodys = distinct(leading.flatMap((flow) => (podOf(flow) === undefined ? [flow.logicalIp] : [])));
    const untried =
      nobodys.length > 0 && `${what} leads to ${nobodys.join(' and ')}, which no pod of the lab has`;
    const ends = {
      from: 'outside',
      to,
      port: at.port,
      backends,
      seenAs: undefined,
      ...(nobodys.length > 0 && { others: nobodys.length }),
    } as const;
    // One without any backend is asked all the same, and tells that nobody is behind it.
    const isAsked = backends.length > 0 || leading.length === 0;
    return {
      connections: isAsked ? [{ direction: 'inbound', protocol: at.protocol, ...ends }] : [],
      ...(untried && { untried }),
    };
  });
}

/** Out of a pod that an SNAT row translates, one for each address that the outside is to see; or why nothing can be sent as one. */
function waysOutOf(
  meant: readonly ExternalFlow[],
  { podOf, outsideBeside }: Rows,
): readonly { readonly connections: readonly Connection[]; readonly untried?: string }[] {
  const isWay = ({ kind, direction }: ExternalFlow): boolean =>
    kind === 'source-nat' && direction === 'outbound';
  const byAddress = Map.groupBy(meant.filter(isWay), ({ externalIp = '' }) => parseIp(externalIp));
  return [...byAddress].flatMap(([seenAs, flows]) => {
    if (seenAs === undefined) return [];
    const [to, [from]] = [outsideBeside(seenAs), flows.flatMap((flow) => podOf(flow) ?? [])];
    if (to !== undefined && from !== undefined) return [{ connections: [wayOut(from, to, seenAs)] }];
    // What nobody uses is not missed.
    if (flows.every(({ idle }) => idle !== undefined)) return [];
    const why = to === undefined ? 'nothing outside is in its network' : whoText(flows);
    return [{ connections: [], untried: `nothing leaves as ${seenAs}: ${why}` }];
  });
}

function whoText(flows: readonly ExternalFlow[]): string {
  const all = distinct(flows.map(({ logicalIp }) => logicalIp));
  return `no pod of the lab has ${all.join(' or ')}`;
}

function distinct(all: readonly string[]): readonly string[] {
  return [...new Set(all)];
}
