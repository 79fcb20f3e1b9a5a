import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { unknown } from './names.ts';
import { centralIp, databaseNodes, type LabPlan, nbPort, sbPort } from './plan.ts';

/** A place in a lab where programs run. */
export type Place =
  | { readonly kind: 'central' }
  | { readonly kind: 'outside' }
  | { readonly kind: 'node'; readonly node: string }
  | { readonly kind: 'pod'; readonly netns: string };

/** The network namespace of a pod: a namespace's name has no dots, so this is unambiguous. */
export function podNetns(namespace: string, name: string): string {
  return `pod.${namespace}.${name}`;
}

/** The network namespace of `outside`, a node, or a pod as NS/NAME. */
export function netnsOfWhere(where: string): string {
  const [namespace = '', name] = where.split('/');
  return name === undefined ? where : podNetns(namespace, name);
}

/** The inverse of {@link podNetns}, as `NS/NAME`. */
export function podOfNetns(netns: string): string {
  const [, namespace = '', ...name] = netns.split('.');
  return `${namespace}/${name.join('.')}`;
}

/** The network namespaces of a lab's pods, by name. */
export function podNamespaces(initPid: number): string[] {
  return readdirSync(`/proc/${initPid}/root/run/netns`)
    .filter((name) => name.startsWith('pod.'))
    .sort();
}

/** WHERE as a place: a node, `central`, `outside`, a pod as NS/NAME or by its namespace. Unknown ones are `lab-usage`. */
export function placeOf(plan: LabPlan, where: string, pods: readonly string[]): Place {
  if (where === 'central' || where === 'outside') return { kind: where };
  const slash = where.indexOf('/');
  const netns = slash < 0 ? where : podNetns(where.slice(0, slash), where.slice(slash + 1));
  if (pods.includes(netns)) return { kind: 'pod', netns };
  const nodes = plan.nodes.map((node) => node.name);
  if (slash >= 0) throw unknown('pod', where, pods.map(podOfNetns));
  if (nodes.includes(where)) return { kind: 'node', node: where };
  throw unknown('place', where, [...nodes, 'central', 'outside', ...pods.map(podOfNetns)]);
}

/** The namespace of the place; undefined for `central`, which is the lab's own. */
export function netnsOf(place: Place): string | undefined {
  switch (place.kind) {
    case 'central':
      return undefined;
    case 'outside':
      return 'outside';
    case 'node':
      return place.node;
    case 'pod':
      return place.netns;
  }
}

/** What makes the ordinary OVN and OVS tools work at the place without options. */
export function environmentOf(plan: LabPlan, place: Place): Record<string, string> {
  const shared = { BERTH_LAB: plan.name, BERTH_LAB_WHERE: netnsOf(place) ?? 'central' };
  const [nb, sb] = localRemotes(plan);
  if (place.kind === 'central') {
    const home = join(plan.directory, 'central');
    return { ...shared, OVN_RUNDIR: home, OVS_RUNDIR: home, OVN_NB_DB: nb, OVN_SB_DB: sb };
  }
  if (place.kind !== 'node') return shared;
  const home = join(plan.directory, 'nodes', place.node);
  const network = { OVN_NB_DB: networkRemote(plan, nbPort), OVN_SB_DB: networkRemote(plan, sbPort) };
  return { ...shared, ...network, OVN_RUNDIR: home, OVS_RUNDIR: home };
}

/** NB and SB by unix socket, from anywhere on this machine; the members' when they are clustered. */
export function localRemotes(plan: LabPlan): readonly [nb: string, sb: string] {
  const members = databaseNodes(plan);
  const of = (file: string) =>
    members.length === 0
      ? `unix:${join(plan.directory, file)}`
      : members.map((node) => `unix:${join(plan.directory, 'nodes', node.name, file)}`).join(',');
  return [of('nb.sock'), of('sb.sock')];
}

/** A database over the management network, as the nodes reach it. */
export function networkRemote(plan: LabPlan, port: number): string {
  const members = databaseNodes(plan);
  const ips = members.length === 0 ? [centralIp] : members.map((node) => node.managementIp);
  return ips.map((ip) => `tcp:${ip}:${port}`).join(',');
}
