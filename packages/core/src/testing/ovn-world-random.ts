// biome-ignore lint/correctness/noUndeclaredDependencies: support for tests, which have it from the checkout
import fc from 'fast-check';
import { type Failure, type FailureSet, formatFailure } from '../fabric/failure.ts';
import type { OvnWorld, WorldNat, WorldNode, WorldRouter } from './ovn-world-model.ts';

const nodeNames = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'];

type Place = number | undefined;
const place = fc.option(fc.nat(5), { nil: undefined, freq: 8 });
const natKind = fc.constantFrom(
  'distributed' as const,
  'distributed' as const,
  'centralized' as const,
  'mac-only' as const,
  'port-only' as const,
  'dnat' as const,
  'snat' as const,
  'stray' as const,
  'crossed' as const,
);
const router = fc.record({
  external: fc.nat(1),
  members: fc.uniqueArray(fc.tuple(fc.nat(5), fc.nat(2)), {
    minLength: 1,
    maxLength: 4,
    selector: ([node]) => node,
  }),
  keeper: fc.boolean(),
  shared: fc.boolean(),
  pods: fc.array(fc.record({ node: place, nat: natKind, six: fc.boolean() }), { minLength: 1, maxLength: 3 }),
});

/** OVNs of two to six nodes with all that makes gateways differ. */
export const anyOvnWorld: fc.Arbitrary<OvnWorld> = fc
  .record({
    nodes: fc.integer({ min: 2, max: 6 }),
    externals: fc.integer({ min: 1, max: 2 }),
    unmapped: fc.subarray(nodeNames, { maxLength: 1 }),
    lagging: fc.option(fc.nat(5), { nil: undefined, freq: 1 }),
    routers: fc.array(router, { minLength: 1, maxLength: 3 }),
  })
  .map(({ nodes: count, externals, unmapped, lagging, routers }): OvnWorld => {
    const names = nodeNames.slice(0, count);
    const nodes = names.map(
      (name, at): WorldNode => ({
        name,
        ...(unmapped.includes(name) && { mappings: [] }),
        ...(at === lagging && { lags: true }),
      }),
    );
    const nameOf = (at: Place): string | undefined => (at === undefined ? undefined : names[at % count]);
    return {
      nodes,
      externals: Array.from({ length: externals }, (_, at) => ({
        name: `external${at}`,
        subnets: [`10.${100 + at}.0.0/16`, `fd0${at}:9::/64`],
      })),
      routers: routers.map(({ external, members, keeper, shared, pods }, at): WorldRouter => {
        const own = new Map(members.map(([node, priority]) => [nameOf(node) ?? '', priority] as const));
        const group = shared ? `group${at}` : undefined;
        return {
          name: `vpc${at}`,
          gatewayPorts: [
            {
              external: `external${external % externals}`,
              members: [...own, ...(keeper ? [['keeper', 0] as const] : [])],
              ...(group === undefined ? {} : { group }),
            },
          ],
          subnets: [
            {
              name: `s${at}`,
              networks: [`192.168.${at}.1/24`, `fd1${at}::1/64`],
              pods: pods.map(({ node }, pod) => ({ name: `p${at}${pod}.default`, node: nameOf(node) })),
            },
          ],
          nat: pods.map(({ nat, six }, pod) => {
            // A row for the address that an SNAT is for would leave that without workload.
            const kind = nat === 'crossed' && pods.some((each) => each.nat === 'snat') ? 'stray' : nat;
            const to = addressee(kind, pod, pods.length);
            return natRow(kind, { external: external % externals, at, pod, to, six });
          }),
        };
      }),
    };
  });

/** `stray` leads to nobody, `crossed` to the next workload. */
type NatKind =
  | 'distributed'
  | 'centralized'
  | 'mac-only'
  | 'port-only'
  | 'dnat'
  | 'snat'
  | 'stray'
  | 'crossed';

function natRow(
  kind: NatKind,
  {
    external,
    at,
    pod,
    to,
    six,
  }: Readonly<Record<'external' | 'at' | 'pod' | 'to', number>> & { readonly six: boolean },
): WorldNat {
  const mac = `02:99:00:00:0${at}:0${pod}`;
  const port = `p${at}${pod}.default`;
  const isAtPort = kind === 'distributed' || kind === 'stray' || kind === 'crossed';
  return {
    type: kind === 'dnat' || kind === 'snat' ? kind : 'dnat_and_snat',
    externalIp: six ? `fd0${external}:9::${at}:${10 + pod}` : `10.${100 + external}.${at}.${10 + pod}`,
    logicalIp: six ? `fd1${at}::${(10 + to).toString(16)}` : `192.168.${at}.${10 + to}`,
    externalMac: isAtPort || kind === 'mac-only' ? mac : undefined,
    logicalPort: isAtPort || kind === 'port-only' ? port : undefined,
  };
}

/** The workload whose address a row has. */
function addressee(kind: NatKind, pod: number, pods: number): number {
  return kind === 'stray' ? 200 + pod : kind === 'crossed' ? (pod + 1) % pods : pod;
}

/** Failures of a world's parts. */
function anyFailure(world: OvnWorld): fc.Arbitrary<Failure> {
  const node = fc.constantFrom(...world.nodes.map(({ name }) => name));
  const network = fc.constantFrom(...world.externals.map(({ name }) => name));
  const kinds = [
    'host',
    'host',
    'tunnel',
    'vswitchd',
    'ovn-controller',
    'ovn-controller-exit',
    'zombie',
    'control',
    'notready',
    'agent',
  ] as const;
  return fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom(...kinds), node }) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constantFrom('uplink' as const, 'mapping' as const), node }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constantFrom('uplink' as const, 'mapping' as const), node, network }),
    },
    {
      weight: 2,
      arbitrary: fc
        .uniqueArray(node, { minLength: 2, maxLength: 2 })
        .map(([one = '', other = '']): Failure => ({ kind: 'tunnel-pair', nodes: [one, other] })),
    },
    { weight: 1, arbitrary: network.map((name): Failure => ({ kind: 'upstream', network: name })) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        ...world.routers.flatMap((each) =>
          (each.subnets ?? []).flatMap((subnet) =>
            (subnet.pods ?? []).map(
              ({ name }): Failure => ({ kind: 'pod', namespace: 'default', name: name.split('.')[0] ?? '' }),
            ),
          ),
        ),
      ),
    },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom(
          'nb' as const,
          'sb' as const,
          'northd' as const,
          'central' as const,
          'berth-controller' as const,
        )
        .map((kind): Failure => ({ kind })),
    },
  );
}

/**
 * Up to three sets of up to three failures, no two of which are different ends of one process. Whether a node that is
 * cut off still hears that another leaves at the same time is a race that nobody can foretell: no set has both.
 */
export function anyFailures(world: OvnWorld): fc.Arbitrary<readonly FailureSet[]> {
  const set = fc
    .uniqueArray(anyFailure(world), { minLength: 1, maxLength: 3, selector: partOf })
    .filter((all) => !(hasKind(all, 'control') && hasKind(all, 'ovn-controller-exit')));
  return fc.array(set, { maxLength: 3 });
}

const processKinds = ['host', 'vswitchd', 'ovn-controller', 'ovn-controller-exit', 'zombie'];

function partOf(failure: Failure): string {
  if (!('node' in failure)) return formatFailure(failure);
  return `${processKinds.includes(failure.kind) ? 'process' : failure.kind} ${failure.node}`;
}

function hasKind(set: FailureSet, kind: Failure['kind']): boolean {
  return set.some((failure) => failure.kind === kind);
}
