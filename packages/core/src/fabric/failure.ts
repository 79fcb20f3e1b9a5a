import { nearest } from '@berth/api';

/** Kinds that name one node. */
const nodeKinds = [
  'host',
  'tunnel',
  'vswitchd',
  'ovn-controller',
  'ovn-controller-exit',
  'zombie',
  'notready',
  'control',
  'agent',
] as const;

/** Kinds that name a node and, if wanted, one of its physical networks. */
const nodeNetworkKinds = ['uplink', 'mapping'] as const;

/** Kinds that name nothing. */
const plainKinds = ['berth-controller', 'nb', 'sb', 'northd', 'central'] as const;

/**
 * One thing that is down. `node` is a Kubernetes node name, else a chassis hostname, else a system-id, as written.
 *
 * `host` the node is dead · `uplink` its external NIC has no carrier · `mapping` its bridge mapping is missing ·
 * `tunnel` its overlay NIC is down · `tunnel-pair` the overlay between two nodes is cut · `vswitchd` and
 * `ovn-controller` killed · `ovn-controller-exit` stopped gracefully, its chassis record removed · `zombie` vswitchd
 * restarted with ovn-controller down · `notready` the kubelet only · `control` cut from NB, SB and API · `agent` our
 * agent · `upstream` a whole external network · `pod` one workload · `nb`, `sb`, `northd`, and `central` for the three.
 */
export type Failure =
  | { readonly kind: (typeof nodeKinds)[number]; readonly node: string }
  | { readonly kind: (typeof nodeNetworkKinds)[number]; readonly node: string; readonly network?: string }
  | { readonly kind: 'tunnel-pair'; readonly nodes: readonly [string, string] }
  | { readonly kind: 'upstream'; readonly network: string }
  | { readonly kind: 'pod'; readonly namespace: string; readonly name: string }
  | { readonly kind: (typeof plainKinds)[number] };

/** Failures that happen at once. Never empty, without duplicates, in the order written. */
export type FailureSet = readonly Failure[];

/** What is wrong with a written failure: `part` is the offending piece, `expected` says what would do. */
export type FailureSyntaxError = {
  readonly part: string;
  readonly message: string;
  readonly expected: string;
};

export type ParsedFailures =
  | { readonly kind: 'parsed'; readonly sets: readonly FailureSet[] }
  | { readonly kind: 'invalid'; readonly error: FailureSyntaxError };

/** Every kind as it is written, in the order of the help texts. */
export const failureKinds: readonly string[] = [
  ...nodeKinds,
  ...nodeNetworkKinds,
  'upstream',
  'pod',
  ...plainKinds,
].sort();

/**
 * Reads `a,b;c`: the failures of a set (`,`) happen at once, the sets (`;`) in order with convergence in between.
 * `nodes` are all names by which nodes may be called; they decide whether `tunnel:A-B` is a pair or one node's name,
 * and nothing else: whether a named node exists is the caller's to check.
 */
export function parseFailures(text: string, nodes: readonly string[] = []): ParsedFailures {
  const sets: FailureSet[] = [];
  for (const setText of text.split(';')) {
    const set = new Map<string, Failure>();
    for (const part of setText.split(',')) {
      const parsed = parseFailure(part.trim(), nodes);
      if ('message' in parsed) return { kind: 'invalid', error: parsed };
      set.set(formatFailure(parsed), parsed);
    }
    sets.push([...set.values()]);
  }
  return { kind: 'parsed', sets };
}

/** The failure as {@link parseFailures} reads it. */
export function formatFailure(failure: Failure): string {
  switch (failure.kind) {
    case 'tunnel-pair':
      return `tunnel:${failure.nodes[0]}-${failure.nodes[1]}`;
    case 'upstream':
      return `upstream:${failure.network}`;
    case 'pod':
      return `pod:${failure.namespace}/${failure.name}`;
    case 'uplink':
    case 'mapping':
      return `${failure.kind}:${failure.node}${failure.network === undefined ? '' : `/${failure.network}`}`;
    case 'berth-controller':
    case 'nb':
    case 'sb':
    case 'northd':
    case 'central':
      return failure.kind;
    default:
      return `${failure.kind}:${failure.node}`;
  }
}

/** Sets as one text that {@link parseFailures} reads back. */
export function formatFailures(sets: readonly FailureSet[]): string {
  return sets.map((set) => set.map(formatFailure).join(',')).join(';');
}

function parseFailure(part: string, nodes: readonly string[]): Failure | FailureSyntaxError {
  const colon = part.indexOf(':');
  const kind = colon < 0 ? part : part.slice(0, colon);
  const subject = colon < 0 ? undefined : part.slice(colon + 1).trim();
  if (part === '') return invalid(part, 'a failure is missing', 'a failure such as host:NODE');
  const plain = plainKinds.find((known) => known === kind);
  if (plain !== undefined) {
    return subject === undefined ? { kind: plain } : invalid(part, `${kind} names nothing`, plain);
  }
  if (nodes.includes(part)) {
    const others = [...nodeKinds.slice(1), ...nodeNetworkKinds].join(', ');
    return invalid(
      part,
      `${part} is a node, and what of it fails is not said`,
      `host:${part} for all of it, or another kind before the colon: ${others}`,
    );
  }
  if (!failureKinds.includes(kind)) {
    const near = nearest(kind, failureKinds);
    const meant = near === undefined ? '' : ` (did you mean ${near}${part.slice(kind.length)}?)`;
    return invalid(part, `"${kind}" is not a kind of failure${meant}`, `one of ${failureKinds.join(', ')}`);
  }
  return parseSubject(part, kind, subject ?? '', nodes);
}

function parseSubject(
  part: string,
  kind: string,
  subject: string,
  nodes: readonly string[],
): Failure | FailureSyntaxError {
  const [first = '', second, ...rest] = subject.split('/').map((name) => name.trim());
  const tooMany = rest.length > 0 || second === '';
  if (kind === 'pod') {
    if (first === '' || second === undefined || tooMany) {
      return invalid(part, 'a pod is named by namespace and name', 'pod:NAMESPACE/NAME');
    }
    return { kind, namespace: first, name: second };
  }
  const withNetwork = nodeNetworkKinds.find((known) => known === kind);
  if (withNetwork !== undefined) {
    if (first === '' || tooMany)
      return invalid(part, `${kind} names a node`, `${kind}:NODE or ${kind}:NODE/NET`);
    return second === undefined
      ? { kind: withNetwork, node: first }
      : { kind: withNetwork, node: first, network: second };
  }
  const expected = kind === 'upstream' ? 'upstream:NET' : `${kind}:NODE`;
  if (first === '' || second !== undefined) return invalid(part, `${kind} names exactly one thing`, expected);
  if (kind === 'upstream') return { kind, network: first };
  const pair = kind === 'tunnel' ? splitPair(first, nodes) : undefined;
  if (pair !== undefined) return { kind: 'tunnel-pair', nodes: pair };
  const ofNode = nodeKinds.find((known) => known === kind);
  return ofNode === undefined
    ? invalid(part, `"${kind}" is not a kind of failure`, expected)
    : { kind: ofNode, node: first };
}

/** `A-B` as two known names; undefined when the text is itself a name or splits in no way, or in more than one. */
function splitPair(text: string, nodes: readonly string[]): readonly [string, string] | undefined {
  if (nodes.includes(text)) return undefined;
  const pairs: (readonly [string, string])[] = [];
  for (let at = text.indexOf('-'); at >= 0; at = text.indexOf('-', at + 1)) {
    const pair = [text.slice(0, at), text.slice(at + 1)] as const;
    if (nodes.includes(pair[0]) && nodes.includes(pair[1]) && pair[0] !== pair[1]) pairs.push(pair);
  }
  return pairs.length === 1 ? pairs[0] : undefined;
}

function invalid(part: string, message: string, expected: string): FailureSyntaxError {
  return { part, message, expected };
}
