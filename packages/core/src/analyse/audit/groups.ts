import type { GatewayGroup, GatewayMember } from '../../fabric/fabric.ts';
import { keeperChassis } from '../../fabric/keeper.ts';
import { nodeName } from '../../fabric/node-name.ts';
import type { Finding } from '../../finding/finding.ts';
import { list } from '../../finding/list.ts';
import { finding } from '../../finding/make.ts';
import type { RowId } from '../../finding/row-id.ts';
import { type AuditedNetwork, portRef, portRows } from './network.ts';

type Shared = { readonly group: GatewayGroup; readonly ports: readonly string[] };

/** Groups whose gateway nobody can take over, or only under conditions (ovn-nb(5), Gateway_Chassis). One finding for each group, however many ports share it. */
export function auditGroups(network: AuditedNetwork): readonly Finding[] {
  const { fabric } = network;
  return sharedGroups(network).flatMap(({ group, ports: names }) => {
    const ports = { names, rows: portRows(names, network) };
    const present = group.members.filter((member) => member.present);
    const [only] = present;
    if (only === undefined) return [withoutGateway(ports, group)];
    const nodes = present.map(({ chassis }) => nodeName(fabric, chassis));
    return [
      ...(present.length === 1 ? [single(ports, onlyOf(network, only), outOf(network, group, only))] : []),
      ...(present.length === 2 && isUnwitnessed(group, fabric.chassis) ? [unwitnessed(ports, nodes)] : []),
      ...ties(group).map((tied) =>
        tie(
          ports,
          tied.map((name) => nodeName(fabric, name)),
        ),
      ),
    ];
  });
}

function sharedGroups({ routers, dataPlane }: AuditedNetwork): readonly Shared[] {
  const shared = new Map<string, { group: GatewayGroup; ports: string[] }>();
  for (const { router } of routers) {
    for (const { name } of router.gatewayPorts) {
      const group = dataPlane.groups.get(name);
      const known = group && shared.get(group.row ?? group.name);
      if (known) known.ports.push(name);
      else if (group) shared.set(group.row ?? group.name, { group, ports: [name] });
    }
  }
  return [...shared.values()];
}

function isUnwitnessed({ witnesses }: GatewayGroup, chassis: ReadonlyMap<string, unknown>): boolean {
  return ![...witnesses].some((name) => chassis.has(name));
}

/** Chassis that share a priority, by group of equals. A keeper that stands for no chassis never counts. */
function ties({ members }: GatewayGroup): readonly (readonly string[])[] {
  const byPriority = Map.groupBy(
    members.filter(({ present }) => present),
    ({ priority }) => priority,
  );
  return [...byPriority.values()]
    .filter((equal) => equal.length > 1)
    .map((equal) => equal.map(({ chassis }) => chassis));
}

function withoutGateway(ports: Ports, { members }: GatewayGroup): Finding {
  const who = members.map(({ chassis }) => chassis).filter((name) => name !== '' && name !== keeperChassis);
  return finding('no-gateway', {
    ...about(ports),
    message:
      who.length > 0
        ? `none of the gateways of ${portsText(ports)} is a chassis of this OVN: ${list(who)}`
        : `${portsText(ports)} ${ports.names.length > 1 ? 'have' : 'has'} no gateway`,
    cure:
      who.length > 0
        ? 'name a chassis that exists as gateway of the port, or bring one of these back'
        : 'name a chassis as gateway of the port; where Berth programs it, label a node as gateway',
  });
}

/** The node of the only gateway, and what is said of it where it is a gateway no longer than it must. */
function onlyOf({ gatewaysOut, fabric }: AuditedNetwork, { chassis }: GatewayMember): string {
  const node = nodeName(fabric, chassis);
  const code = gatewaysOut?.get(node);
  return code === undefined ? node : `${node} (${code})`;
}

/** The other gateways of a group that are out for now: named in it and without a chassis, or left out of it by who programs it. */
function outOf(
  { gatewaysOut = new Map(), fabric }: AuditedNetwork,
  { members }: GatewayGroup,
  only: GatewayMember,
): readonly string[] {
  const absent = members
    .filter(({ chassis, present }) => !present && chassis !== '' && chassis !== keeperChassis)
    .map(({ chassis }) => nodeName(fabric, chassis));
  const others = [...gatewaysOut].filter(([node]) => node !== nodeName(fabric, only.chassis));
  const told = others.map(([node, code]) => `${node} (${code})`);
  return [...absent.filter((node) => !gatewaysOut.has(node)), ...told];
}

function single(ports: Ports, node: string, out: readonly string[]): Finding {
  const isAre = out.length > 1 ? 'are' : 'is';
  const meanwhile = out.length > 0 ? ` while ${list(out)} ${isAre} out` : '';
  return finding('single-gateway', {
    ...about(ports),
    message: `all centralized traffic of ${portsText(ports)} depends on ${node} alone${meanwhile}`,
    cure:
      out.length > 0
        ? `bring ${list(out)} back: no further gateway is needed`
        : 'add a second gateway, and a third node with a port of the router so that the second one takes over',
  });
}

function unwitnessed(ports: Ports, names: readonly string[]): Finding {
  return finding('no-witness', {
    ...about(ports),
    message: `${list(names)} are the only nodes that watch over ${portsText(ports)}: when one dies the other cannot tell and does not take over`,
    cure: 'bind a port of one of the router’s switches on a third node, or add a third gateway',
  });
}

function tie(ports: Ports, names: readonly string[]): Finding {
  return finding('priority-tie', {
    ...about(ports),
    message: `${list(names)} have one priority for ${portsText(ports)}: the order of their names decides`,
    cure: 'give every gateway of the port a priority of its own',
  });
}

/** The router ports of a group. */
type Ports = { readonly names: readonly string[]; readonly rows: readonly RowId[] };

function about({ names: [first = '', ...others], rows }: Ports): Pick<Finding, 'related' | 'rows'> & {
  readonly object: Finding['object'];
} {
  return { object: portRef(first), related: others.map(portRef), rows };
}

function portsText({ names }: Ports): string {
  return names.length > 3
    ? `router port ${names[0]} and ${names.length - 1} others`
    : `router port${names.length > 1 ? 's' : ''} ${list(names)}`;
}
