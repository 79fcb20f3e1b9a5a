import type { AskedAddress, ProbeFlow } from '@berth/lab';
import { type StagePod, type Topology, upstream, vpcsOf } from './topology.ts';

/** A flow of the stage: what is sent, and how the analysis names the same. */
export type StageFlow = {
  readonly probe: ProbeFlow;
  readonly direction: 'inbound' | 'outbound' | 'hairpin';
  readonly kind: 'floating-ip' | 'source-nat' | 'port-forward';
  readonly router: string;
  readonly externalIp: string;
  readonly externalPort: number | undefined;
  readonly logicalIp: string;
  /** Of the asking workload, for hairpin. */
  readonly source: { readonly router: string; readonly logicalIp: string } | undefined;
};

/** Every flow of a topology, of both families. */
export function stageFlows(topology: Topology): readonly StageFlow[] {
  const vpcs = vpcsOf(topology);
  const pods = vpcs.flatMap((vpc) => vpc.pods);
  const forwardIps = new Map(vpcs.map((vpc) => [vpc.name, vpc.forwardIps]));
  const ring = (node: string): readonly string[] => {
    const { podNodes } = topology;
    return [...new Set([node, podNodes[(podNodes.indexOf(node) + 1) % podNodes.length] ?? node])];
  };
  return [0, 1].flatMap((family) => [
    ...pods.flatMap((pod) => [
      pod.sort === 'snat'
        ? inbound(pod, family, forwardIps.get(pod.vpc)?.[family] ?? '', pod.forwardPort)
        : inbound(pod, family, pod.externalIps[family] ?? '', undefined),
      outbound(pod, family),
    ]),
    ...pods
      .filter(({ sort }) => sort === 'dist' || sort === 'cent' || sort === 'snat')
      .flatMap((from) =>
        pods
          .filter((to) => (to.sort === 'dist' || to.sort === 'cent') && ring(from.node).includes(to.node))
          .map((to) => hairpin(from, to, family)),
      ),
  ]);
}

/** Every external address, to ask who answers for it. */
export function stageAsks(flows: readonly StageFlow[]): readonly AskedAddress[] {
  const ips = new Set(flows.map(({ externalIp }) => externalIp));
  return [...ips].map((ip) => ({
    ip,
    wire: 'ext0',
    vlanId: 0,
    source: ip.includes(':') ? upstream[1] : upstream[0],
  }));
}

const placeOf = (pod: StagePod): string => `${pod.namespace}/${pod.name}`;

function base(pod: StagePod, family: number) {
  return {
    router: pod.vpc,
    logicalIp: pod.logicalIps[family] ?? '',
    externalPort: undefined,
    source: undefined,
  };
}

function inbound(pod: StagePod, family: number, externalIp: string, port: number | undefined): StageFlow {
  return {
    ...base(pod, family),
    probe: {
      key: `in ${externalIp}${port === undefined ? '' : ` ${port}`}`,
      from: 'outside',
      to: externalIp,
      ...(port && { port }),
    },
    direction: 'inbound',
    kind: port === undefined ? 'floating-ip' : 'port-forward',
    externalIp,
    externalPort: port,
  };
}

function outbound(pod: StagePod, family: number): StageFlow {
  return {
    ...base(pod, family),
    probe: {
      key: `out ${placeOf(pod)} v${family === 0 ? 4 : 6}`,
      from: placeOf(pod),
      to: upstream[family] ?? '',
    },
    direction: 'outbound',
    kind: pod.sort === 'snat' ? 'source-nat' : 'floating-ip',
    externalIp: pod.externalIps[family] ?? '',
  };
}

function hairpin(from: StagePod, to: StagePod, family: number): StageFlow {
  const externalIp = to.externalIps[family] ?? '';
  return {
    ...base(to, family),
    probe: {
      key: `pin ${placeOf(from)} ${placeOf(to)} v${family === 0 ? 4 : 6}`,
      from: placeOf(from),
      to: externalIp,
    },
    direction: 'hairpin',
    kind: 'floating-ip',
    externalIp,
    source: { router: from.vpc, logicalIp: from.logicalIps[family] ?? '' },
  };
}
