import type { ExternalFlow } from '../analyse/flow.ts';
import type { Chassis, DataPlane, Fabric, GatewayGroup } from '../fabric/fabric.ts';
import { emptyFabric } from '../fabric/fabric.ts';

/** A small OVN for the analysis: one router, one external network `physical`, mapped on every node unless said otherwise. */
export type DataPlaneParts = {
  readonly nodes: readonly string[];
  /** Members, most preferred first. */
  readonly gateways: readonly string[];
  /** Where workloads are, by port name. */
  readonly ports: Readonly<Record<string, string>>;
  /** Chassis that count as witnesses; by default those with a workload. */
  readonly witnesses?: readonly string[];
  readonly unmapped?: readonly string[];
  /** The chassis SB names as the gateway; by default the first. */
  readonly claim?: string;
};

export const gatewayPort = 'vpc1-external';

export function dataPlaneOf(parts: DataPlaneParts): Fabric {
  const { nodes, gateways, ports, unmapped = [], claim = gateways[0] } = parts;
  const chassis = new Map<string, Chassis>(
    nodes.map((name) => [
      name,
      { name, hostname: name, mappings: new Set(unmapped.includes(name) ? [] : ['physical']) },
    ]),
  );
  const group: GatewayGroup = {
    name: gatewayPort,
    row: undefined,
    members: gateways.map((name, index) => ({
      chassis: name,
      priority: 100 - index,
      present: nodes.includes(name),
    })),
    witnesses: new Set(parts.witnesses ?? Object.values(ports)),
    watchedPorts: new Set(Object.keys(ports)),
  };
  const dataPlane: DataPlane = {
    groups: new Map([[gatewayPort, group]]),
    bindings: new Map(),
    externals: new Map(),
    tunnelBfd: { minRxMs: 1000, minTxMs: 100, multiplier: 3 },
    release: { year: 23, month: 3 },
    reports: [],
    assumptions: [],
  };
  const claims = new Map(Object.entries(ports));
  if (claim !== undefined) claims.set(`cr-${gatewayPort}`, claim);
  return { ...emptyFabric, chassis, claims, dataPlane };
}

/** One direction of a floating IP on that router. */
export function floatingIpFlow(
  direction: 'inbound' | 'outbound',
  placement: ExternalFlow['placement'],
  port: string,
): ExternalFlow {
  return {
    target: `fip/${port}`,
    direction,
    kind: 'floating-ip',
    router: 'vpc1',
    externalIp: '10.9.101.9',
    externalPort: undefined,
    logicalIp: '192.168.0.4',
    logicalPort: port,
    placement,
    gatewayPort,
    network: 'physical',
    obstacle: undefined,
    conditions: [],
    assumptions: [],
    rows: [],
    origins: [],
  };
}
