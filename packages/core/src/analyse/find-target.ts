import { contains, parseCidr, parseIp } from '@berth/net';
import type { NbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import type { Fabric } from '../fabric/fabric.ts';
import { nodeNamer } from '../fabric/node-name.ts';
import type { ExternalFlow } from './flow.ts';
import { formatTarget, natTypes, type Target } from './target.ts';

/** Where targets are looked for. */
export type TargetWorld = {
  readonly nb: Snapshot<NbTables>;
  readonly fabric: Fabric;
  readonly flows: readonly ExternalFlow[];
  /** Addresses that objects stand for and no row of NB names: `eip/web` and its own. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
  /** Flows of a port that has no NAT. */
  readonly routed: (logicalPort: string) => readonly ExternalFlow[];
};

export type FoundTarget =
  | { readonly kind: 'flows'; readonly flows: readonly ExternalFlow[] }
  /** A chassis, by its SB name. */
  | { readonly kind: 'node'; readonly chassis: string }
  /** Nothing of that name; `known` are the targets of its sort that are there. */
  | { readonly kind: 'absent'; readonly known: readonly string[] };

/** Makes what finds targets: one pass over the flows, then each target costs what it finds. */
export function targetFinder(world: TargetWorld): (target: Target) => FoundTarget {
  const { flows } = world;
  const byTarget = Map.groupBy(flows, (flow) => flow.target);
  const byRouter = Map.groupBy(flows, (flow) => flow.router);
  const byPort = Map.groupBy(flows, (flow) => flow.logicalPort ?? '');
  const byAddress = new Map<string, ExternalFlow[]>();
  for (const flow of flows) {
    for (const text of new Set([flow.externalIp, flow.logicalIp])) {
      const ip = text === undefined ? undefined : parseIp(text);
      if (ip !== undefined) byAddress.set(ip, [...(byAddress.get(ip) ?? []), flow]);
    }
  }
  const found = (some: readonly ExternalFlow[] | undefined, known: () => readonly string[]): FoundTarget =>
    some && some.length > 0 ? { kind: 'flows', flows: some } : { kind: 'absent', known: known() };
  const named = (prefix: string) => [...byTarget.keys()].filter((name) => name.startsWith(prefix));
  return (target) => {
    switch (target.kind) {
      case 'address':
        return found(byAddress.get(target.ip), () => [...byAddress.keys()]);
      case 'rule':
        return found(byTarget.get(formatTarget(target)), () => named(`${target.word}/`));
      case 'eip': {
        const addresses = world.aliases.get(formatTarget(target)) ?? [];
        const own = addresses.flatMap((address) =>
          (byAddress.get(address) ?? []).filter(({ externalIp }) => externalIp === address),
        );
        return found(own, () => [...world.aliases.keys()].filter((name) => name.startsWith('eip/')));
      }
      case 'vpc':
        return found(byRouter.get(target.name), () => [...byRouter.keys()].map((name) => `vpc/${name}`));
      case 'nat':
        return found(natFlows(target, byRouter), () => flows.map(natName).filter((name) => name !== ''));
      case 'subnet':
        return found(subnetFlows(target.name, world, byPort), () => switchNames(world.nb));
      case 'pod':
        return found(podFlows(target, world, byPort), () => podNames(world.nb));
      case 'node':
        return nodeNamed(target.name, world.fabric);
    }
  };
}

const typeOfKind = { 'floating-ip': natTypes[0], 'source-nat': natTypes[1], 'port-forward': natTypes[2] };

/** A flow as `nat/…` names it; empty for what is no NAT. */
function natName({ kind, router, externalIp }: ExternalFlow): string {
  return kind === 'routed' ? '' : `nat/${router}/${typeOfKind[kind]}/${externalIp}`;
}

function natFlows(
  target: Extract<Target, { kind: 'nat' }>,
  byRouter: ReadonlyMap<string, readonly ExternalFlow[]>,
): readonly ExternalFlow[] {
  const wanted = formatTarget(target);
  return (byRouter.get(target.router) ?? []).filter((flow) => natName(flow) === wanted);
}

/** Of an external switch what leaves through it; of another what its ports have. */
function subnetFlows(
  name: string,
  { nb, fabric, flows }: TargetWorld,
  byPort: ReadonlyMap<string, readonly ExternalFlow[]>,
): readonly ExternalFlow[] {
  const external = [...(fabric.dataPlane?.externals.values() ?? [])].find((each) => each.switchName === name);
  if (external) {
    const ports = new Set(external.routerPorts);
    return flows.filter(({ gatewayPort }) => gatewayPort !== undefined && ports.has(gatewayPort));
  }
  const [logicalSwitch] = [...nb.table('Logical_Switch')].filter((row) => row.name === name);
  return [...(logicalSwitch?.ports ?? [])].flatMap((uuid) => {
    const port = nb.table('Logical_Switch_Port').get(uuid);
    return (port && byPort.get(port.name)) ?? [];
  });
}

function switchNames(nb: Snapshot<NbTables>): readonly string[] {
  return [...nb.table('Logical_Switch')].map(({ name }) => `subnet/${name}`);
}

/** The ports of a pod as Kube-OVN (`name.namespace`) and OVN-Kubernetes (`namespace_name`) call them, or as they say themselves. */
function podFlows(
  { namespace, name }: Extract<Target, { kind: 'pod' }>,
  { nb, fabric, flows, routed }: TargetWorld,
  byPort: ReadonlyMap<string, readonly ExternalFlow[]>,
): readonly ExternalFlow[] {
  const path = `${namespace}/${name}`;
  const ports = [...nb.table('Logical_Switch_Port')].filter(
    (port) => podOf(port.name, port.external_ids) === path,
  );
  return ports.flatMap((port) => {
    const own = byPort.get(port.name) ?? [];
    if (own.some(({ direction }) => direction === 'outbound')) return own;
    const ways = translated(port.name, flows, fabric);
    return [...own, ...(ways.length > 0 ? ways : routed(port.name))];
  });
}

/** The source NATs of networks that a port's addresses are in, as that port uses them. */
function translated(port: string, flows: readonly ExternalFlow[], fabric: Fabric): readonly ExternalFlow[] {
  const binding = fabric.dataPlane?.bindings.get(port);
  const addresses = (binding?.addresses ?? [])
    .flatMap((text) => text.split(' '))
    .flatMap((text) => parseIp(text) ?? []);
  return flows.flatMap((flow) => {
    if (flow.kind !== 'source-nat' || flow.direction !== 'outbound') return [];
    const network = parseCidr(flow.logicalIp);
    if (network === undefined || !addresses.some((ip) => contains(network, ip))) return [];
    const { idle: _idle, ...used } = flow;
    return [{ ...used, logicalPort: port }];
  });
}

function podOf(port: string, ids: ReadonlyMap<string, string>): string | undefined {
  const stated = ids.get('pod');
  if (stated?.includes('/')) return stated;
  const namespace = ids.get('namespace');
  if (namespace !== undefined && port.startsWith(`${namespace}_`))
    return `${namespace}/${port.slice(namespace.length + 1)}`;
  const dot = port.lastIndexOf('.');
  return dot < 0 ? undefined : `${port.slice(dot + 1)}/${port.slice(0, dot)}`;
}

function podNames(nb: Snapshot<NbTables>): readonly string[] {
  return [...nb.table('Logical_Switch_Port')].flatMap((port) => {
    const path = port.type === '' ? podOf(port.name, port.external_ids) : undefined;
    return path === undefined ? [] : [`pod/${path}`];
  });
}

function nodeNamed(name: string, fabric: Fabric): FoundTarget {
  const nodeName = nodeNamer(fabric);
  const chassis = [...fabric.chassis.values()].find(
    (each) => nodeName(each.name) === name || each.name === name,
  );
  if (chassis) return { kind: 'node', chassis: chassis.name };
  return { kind: 'absent', known: [...fabric.chassis.keys()].map((each) => `node/${nodeName(each)}`) };
}
