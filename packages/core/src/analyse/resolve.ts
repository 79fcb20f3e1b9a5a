import { nearest } from '@berth/api';
import type { Fabric } from '../fabric/fabric.ts';
import { type Failure, type FailureSet, type FailureSyntaxError, formatFailure } from '../fabric/failure.ts';
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
export function chassisCalled(fabric: Fabric, node: string): readonly string[] {
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
  return (
    chassis ?? { part, message: `there is no node ${node}`, expected: suggestion(node, nodeNames(fabric)) }
  );
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

function suggestion(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  if (near !== undefined) return near;
  return known.length === 0 ? 'a name that exists; there is none' : `one of ${known.slice(0, 20).join(', ')}`;
}
