import type { GatewayPolicy } from '@berth/api';
import { externalGatewayLabel } from '@berth/api';
// biome-ignore lint/correctness/noUndeclaredDependencies: support for tests, which have it from the checkout
import fc from 'fast-check';
import type { Report } from './reported.ts';
import { gatewayPolicy } from './resources.ts';

type Spec = Partial<GatewayPolicy['spec']>;

const maybe = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(values, { nil: undefined });

/** The spec without what was not chosen, as a source would give it. */
function given(spec: { readonly [Field in keyof Spec]: Spec[Field] | undefined }): Spec {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined));
}

const spec: fc.Arbitrary<Spec> = fc
  .record({
    placement: maybe(
      fc.constantFrom('Distributed' as const, 'Centralized' as const, 'GatewayLocal' as const),
    ),
    override: maybe(fc.boolean()),
    onGatewayLoss: maybe(fc.constantFrom('Block' as const, 'Distribute' as const)),
    onUplinkLoss: maybe(fc.constantFrom('Centralize' as const, 'Stay' as const)),
    gateways: maybe(
      fc.constantFrom<NonNullable<Spec['gateways']>>(
        { maximum: 1 },
        { nodeSelector: { matchExpressions: [{ key: externalGatewayLabel, operator: 'Exists' }] } },
        { nodeSelector: {} },
      ),
    ),
    health: maybe(
      fc.constantFrom<NonNullable<Spec['health']>>(
        { nodeReady: 'Strict' },
        { nodeReady: 'Ignore', uplinkProbe: { intervalMs: 500, targets: ['10.9.101.3'] } },
      ),
    ),
    bfd: maybe(fc.constantFrom({ minTxMs: 100 }, { minRxMs: 400, multiplier: 4 })),
    workloads: maybe(fc.constantFrom('PreferGateways' as const, 'RequireGateways' as const)),
  })
  .map(given);

/** Up to two policies for VPCs of these names. */
export function policies(vpcs: readonly string[]): fc.Arbitrary<readonly GatewayPolicy[]> {
  return fc
    .array(
      fc.record({ name: fc.constantFrom('p', 'q'), vpcs: fc.subarray([...vpcs], { minLength: 1 }), spec }),
      {
        maxLength: 2,
      },
    )
    .map((list) => {
      const named = new Map(list.map((each) => [each.name, each]));
      return [...named.values()].map((each) => gatewayPolicy(each.name, each.spec, { vpcs: each.vpcs }));
    });
}

/** What the agents of some nodes say. */
export function reports(nodes: readonly string[]): fc.Arbitrary<Readonly<Record<string, Report>>> {
  const name = fc.constantFrom(...nodes);
  return fc.dictionary(
    name,
    fc
      .record({
        isFresh: fc.boolean(),
        ready: fc.boolean(),
        up: fc.boolean(),
        flowsInstalled: fc.boolean(),
        sees: fc.dictionary(name, fc.boolean()),
      })
      .map((report): Report => report),
  );
}
