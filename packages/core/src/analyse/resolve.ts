import { nearest } from '@berth/api';
import type { Fabric } from '../fabric/fabric.ts';
import { type Failure, type FailureSet, type FailureSyntaxError, formatFailure } from '../fabric/failure.ts';
import { nodeNamer } from '../fabric/node-name.ts';
import { isPodPort } from '../fabric/pod-port.ts';

/** Failures whose nodes are SB names of chassis that exist, and whose networks exist. */
export type Resolved =
  | { readonly kind: 'resolved'; readonly sets: readonly FailureSet[] }
  | { readonly kind: 'invalid'; readonly error: FailureSyntaxError };

/** Every name by which a node may be called: Kubernetes name, hostname, system-id. */
export function nodeNames(fabric: Fabric): readonly string[] {
  const reported = fabric.dataPlane?.reports.map(({ node }) => node) ?? [];
  const chassis = [...fabric.chassis.values()].flatMap(({ hostname, name }) => [hostname, name]);
  return [...new Set([...reported, ...chassis])].filter((name) => name !== '');
}

/** The chassis a node's name stands for: a Kubernetes node, else a hostname, else a system-id; several when ambiguous. */
function chassisCalled(fabric: Fabric, node: string): readonly string[] {
  const all = [...fabric.chassis.values()];
  const reported = fabric.dataPlane?.reports.filter((report) => report.node === node) ?? [];
  const byReport = reported.flatMap(({ chassis }) =>
    chassis !== undefined && fabric.chassis.has(chassis) ? [chassis] : [],
  );
  if (byReport.length > 0) return byReport;
  const byHostname = all.filter(({ hostname }) => hostname === node);
  const found = byHostname.length > 0 ? byHostname : all.filter(({ name }) => name === node);
  return found.map(({ name }) => name);
}

/** Puts SB names for the nodes of failures. What is unknown or ambiguous is an error with the nearest names. */
export function resolveFailures(sets: readonly FailureSet[], fabric: Fabric): Resolved {
  const resolved: FailureSet[] = [];
  for (const set of sets) {
    const failures: Failure[] = [];
    for (const failure of set) {
      const one = resolveOne(failure, fabric);
      if ('message' in one) return { kind: 'invalid', error: one };
      failures.push(one);
    }
    resolved.push(failures);
  }
  return { kind: 'resolved', sets: resolved };
}

function resolveOne(failure: Failure, fabric: Fabric): Failure | FailureSyntaxError {
  if (failure.kind === 'tunnel-pair') {
    const left = resolveNode(failure, failure.nodes[0], fabric);
    if (typeof left !== 'string') return left;
    const right = resolveNode(failure, failure.nodes[1], fabric);
    return typeof right === 'string' ? { ...failure, nodes: [left, right] } : right;
  }
  if (failure.kind === 'pod') return resolvePod(failure, fabric) ?? failure;
  if (failure.kind === 'upstream') return resolveNetwork(failure, failure.network, fabric) ?? failure;
  if (!('node' in failure)) return failure;
  const node = resolveNode(failure, failure.node, fabric);
  if (typeof node !== 'string') return node;
  const network = 'network' in failure ? failure.network : undefined;
  const wrong = network === undefined ? undefined : resolveNetwork(failure, network, fabric);
  return wrong ?? { ...failure, node };
}

function resolveNode(failure: Failure, node: string, fabric: Fabric): string | FailureSyntaxError {
  const [chassis, second] = chassisCalled(fabric, node);
  const part = formatFailure(failure);
  if (second !== undefined) {
    return {
      part,
      message: `several chassis are called ${node}`,
      expected: `a system-id: ${chassisCalled(fabric, node).join(', ')}`,
    };
  }
  return chassis ?? { part, message: `there is no node ${node}`, expected: nodeSuggestion(node, fabric) };
}

function resolveNetwork(failure: Failure, network: string, fabric: Fabric): FailureSyntaxError | undefined {
  const known = new Set(
    [...(fabric.dataPlane?.externals.values() ?? [])].map((external) => external.network),
  );
  for (const { mappings } of fabric.chassis.values()) for (const mapping of mappings) known.add(mapping);
  if (known.has(network)) return undefined;
  return {
    part: formatFailure(failure),
    message: `there is no external network ${network}`,
    expected: suggestion(network, [...known].sort()),
  };
}

function resolvePod(
  failure: Failure & { readonly kind: 'pod' },
  { claims, dataPlane }: Fabric,
): FailureSyntaxError | undefined {
  const ports = [...new Set([...claims.keys(), ...(dataPlane?.bindings.keys() ?? [])])];
  if (ports.some((port) => isPodPort(port, failure))) return undefined;
  const pods = ports.flatMap((each) => {
    const [name, namespace, ...provider] = each.split('.');
    return namespace === undefined || provider.length > 3 ? [] : [`pod:${namespace}/${name}`];
  });
  return {
    part: formatFailure(failure),
    message: `there is no pod ${failure.namespace}/${failure.name}`,
    expected:
      pods.length === 0
        ? 'another failure: no port here is called as those of pods are'
        : suggestion(formatFailure(failure), [...new Set(pods)].sort()),
  };
}

/** The nodes there are, each by one name; those that were probably meant first, by whichever of their names is near. */
function nodeSuggestion(node: string, fabric: Fabric): string {
  const nodeName = nodeNamer(fabric);
  const near = nearestFirst(node, nodeNames(fabric)).near;
  const meant = new Set(near.flatMap((name) => chassisCalled(fabric, name)));
  const others = [...fabric.chassis.keys()].filter((chassis) => !meant.has(chassis)).map(nodeName);
  return listed([...near, ...others.sort()]);
}

/** The names there are, those that were probably meant first. */
function suggestion(name: string, known: readonly string[]): string {
  const { near, others } = nearestFirst(name, known);
  return listed([...near, ...others]);
}

function nearestFirst(
  name: string,
  known: readonly string[],
): { readonly near: readonly string[]; readonly others: readonly string[] } {
  const near: string[] = [];
  let others = known;
  for (;;) {
    const next = nearest(name, others);
    if (next === undefined) return { near, others };
    near.push(next);
    others = others.filter((each) => each !== next);
  }
}

/** How many names are listed: more would hide the nearest. */
const maximumListed = 20;

function listed(names: readonly string[]): string {
  const [only, second] = names;
  if (only === undefined) return 'a name that exists; there is none';
  if (second === undefined) return only;
  return `one of ${names.slice(0, maximumListed).join(', ')}${names.length > maximumListed ? ', …' : ''}`;
}
