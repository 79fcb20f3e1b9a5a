import type { Resource, Subnet, Vpc } from '@berth/api';
// biome-ignore lint/correctness/noUndeclaredDependencies: support for tests, which have it from the checkout
import fc from 'fast-check';
import { eip, gatewayConfig } from './resources.ts';

type Spec = Vpc['spec'];

/** What a VPC may say about where packets go; some of it leads nowhere where the VPC is not attached. */
export const routing: fc.Arbitrary<Spec & { readonly staticRoutes: NonNullable<Spec['staticRoutes']> }> =
  fc.record({
    enableBfd: fc.boolean(),
    staticRoutes: fc.uniqueArray(
      fc.constantFrom(
        { cidr: '172.16.0.0/16', nextHopIP: '192.168.0.9' },
        { cidr: '172.16.0.0/16', nextHopIP: '10.9.101.77' },
        { cidr: '192.168.0.7', nextHopIP: '10.7.0.1', policy: 'policySrc' as const },
        { cidr: '172.17.0.0/16', nextHopIP: '10.9.101.78', routeTable: 'other' },
      ),
      { maxLength: 3 },
    ),
    policyRoutes: fc.uniqueArray(
      fc.constantFrom(
        { priority: 10, match: 'ip4.dst == 172.18.0.0/16', action: 'drop' as const },
        { priority: 10, match: 'ip4.dst == 172.18.0.0/16', action: 'allow' as const },
        {
          priority: 20,
          match: 'ip4.src == 192.168.0.7',
          action: 'reroute' as const,
          nextHopIP: '192.168.0.8,192.168.0.9',
        },
      ),
      { maxLength: 3 },
    ),
  });

/** Next hops on the default external subnet, and the ConfigMap of the default VPC. */
export const surroundings: fc.Arbitrary<readonly Resource[]> = fc
  .record({
    nextHops: fc.nat(2),
    config: fc.constantFrom(undefined, 'true', 'false'),
    address: fc.constantFrom('10.9.101.1', '10.9.101.90/24'),
  })
  .map(({ nextHops, config, address }) => [
    ...Array.from({ length: nextHops }, (_, index) => eip(`hop${index}`, { type: 'lsp' })),
    ...(config === undefined
      ? []
      : [gatewayConfig({ 'enable-external-gw': config, 'external-gw-addr': address })]),
  ]);

/** A subnet of a VPC leaves by several next hops where its VPC watches them. */
export const leaving = ({ enableBfd }: Spec): Pick<Subnet['spec'], 'enableEcmp'> =>
  enableBfd ? { enableEcmp: true } : {};
