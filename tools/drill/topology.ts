/** A network to break: how many nodes, which of them are gateways, and where workloads run. */
export type Topology = {
  readonly name: string;
  readonly nodes: readonly string[];
  /** The first has the highest priority in the first VPC, and the lowest in the second. */
  readonly gateways: readonly string[];
  readonly podNodes: readonly string[];
  /** One or two, on one external network. */
  readonly vpcs: 1 | 2;
};

/** How a workload has its external address; `mac` and `port` are floating IPs with that column alone. */
export const sorts = ['dist', 'cent', 'mac', 'port', 'snat'] as const;

export type Sort = (typeof sorts)[number];

/** A workload: a pod with an address of each family. `snat` ones are behind a port forward too. */
export type StagePod = {
  readonly vpc: string;
  readonly node: string;
  readonly sort: Sort;
  readonly namespace: string;
  readonly name: string;
  /** Its logical port. */
  readonly port: string;
  readonly mac: string;
  readonly logicalIps: readonly [v4: string, v6: string];
  /** Of its own, or the VPC's for `snat`. */
  readonly externalIps: readonly [v4: string, v6: string];
  readonly externalMac: string;
  /** The port of the VPC's forwarding address that leads to it; `snat` only. */
  readonly forwardPort: number;
};

export type StageVpc = {
  readonly name: string;
  readonly routerIps: readonly [v4: string, v6: string];
  readonly snatIps: readonly [v4: string, v6: string];
  readonly forwardIps: readonly [v4: string, v6: string];
  readonly gateways: readonly string[];
  readonly pods: readonly StagePod[];
};

/** The outside router. */
export const upstream = ['10.9.101.1', 'fd00:101::1'] as const;

export const network = 'physnet';

/** Topologies by name, `n4g2v2` for four nodes, two gateways and two VPCs, with pods everywhere unless told otherwise. */
export const topologies: readonly Topology[] = [
  topology('n3g2v1', 3, 2, 1),
  topology('n3g2v2', 3, 2, 2),
  topology('n4g2v2', 4, 2, 2),
  topology('n4g3v2', 4, 3, 2),
  topology('n4g1v1', 4, 1, 1),
  topology('n3g1v2', 3, 1, 2),
  topology('n2g1v1', 2, 1, 1),
  topology('n2g2v1', 2, 2, 1),
  topology('n3g3v1', 3, 3, 1),
  topology('n4g2v1-gateway-pods', 4, 2, 1, ['n3', 'n4']),
  topology('n4g2v1-one-witness', 4, 2, 1, ['n1', 'n3']),
  topology('n4g3v1-standby-pods', 4, 3, 1, ['n3']),
];

function topology(
  name: string,
  nodes: number,
  gateways: number,
  vpcs: 1 | 2,
  podNodes?: readonly string[],
): Topology {
  const all = Array.from({ length: nodes }, (_, index) => `n${index + 1}`);
  return { name, nodes: all, gateways: all.slice(nodes - gateways), podNodes: podNodes ?? all, vpcs };
}

/** The VPCs of a topology with their pods, all addresses worked out. */
export function vpcsOf({ vpcs, gateways, podNodes, nodes }: Topology): readonly StageVpc[] {
  return Array.from({ length: vpcs }, (_, place) => {
    const number = place + 1;
    const shared = (last: number) => [`10.9.101.${last}`, `fd00:101::${last}`] as const;
    const snatIps = shared(10 * number + 1);
    const pods = podNodes.flatMap((node) =>
      sorts.map((sort, index): StagePod => {
        const host = 10 * (nodes.indexOf(node) + 1) + index;
        const name = `${sort}-${node}`;
        const own = shared(50 + 100 * place + host);
        return {
          ...{ vpc: `vpc${number}`, node, sort, namespace: `v${number}`, name, port: `${name}.v${number}` },
          mac: `0a:00:00:00:0${number}:${host}`,
          logicalIps: [`192.168.${number}.${host}`, `fd01:${number}::${host}`],
          externalIps: sort === 'snat' ? snatIps : own,
          externalMac: `0e:00:00:00:0${number}:${host}`,
          forwardPort: 8000 + host,
        };
      }),
    );
    return {
      name: `vpc${number}`,
      routerIps: shared(10 * number),
      snatIps,
      forwardIps: shared(10 * number + 2),
      gateways: place === 0 ? gateways : [...gateways].reverse(),
      pods,
    };
  });
}
