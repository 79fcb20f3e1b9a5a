import type { Resource } from '@berth/api';
// biome-ignore lint/correctness/noUndeclaredDependencies: support for tests, which have it from the checkout
import fc from 'fast-check';
import type { Fabric } from '../fabric/fabric.ts';
import { reported, withDead } from './reported.ts';
import { gatewayNode, ip, node, providerNetwork, subnet, vlan, vpc } from './resources.ts';
import { fabricWith } from './settle.ts';
import { policies, reports } from './world-policy.ts';
import { leaving, routing, surroundings } from './world-routing.ts';
import { rules } from './world-rules.ts';

/** Any network out of a few names, so that two of them share much and differ in much. */
export type World = { readonly resources: readonly Resource[]; readonly fabric: Fabric };

const bridge = 'external0:br-external0';
const nodeNames = ['n1', 'n2', 'n3'];
const vpcNames = ['red', 'green', 'blue'];

/** A VPC on external0, on both external subnets, or on none. */
const attachments = {
  none: { staticRoutes: [] },
  one: { enableExternal: true, staticRoutes: [] },
  both: {
    enableExternal: true,
    extraExternalSubnets: ['external0', 'second'],
    staticRoutes: [{ cidr: '0.0.0.0/0', nextHopIP: '10.9.101.1' }],
  },
};

export const world: fc.Arbitrary<World> = fc
  .record({
    gateways: fc.subarray(nodeNames),
    serving: fc.option(fc.constantFrom(...nodeNames), { nil: undefined }),
    dual: fc.boolean(),
    vpcs: fc.array(
      fc.record({
        name: fc.constantFrom(...vpcNames),
        external: fc.constantFrom('none' as const, 'one' as const, 'both' as const),
        routing,
      }),
      { maxLength: 3 },
    ),
    ports: fc.array(
      fc.record({
        name: fc.constantFrom('p1', 'p2', 'p3'),
        vpc: fc.constantFrom(...vpcNames),
        node: fc.constantFrom(...nodeNames),
      }),
      { maxLength: 4 },
    ),
    rules,
    surroundings,
    policies: policies(vpcNames),
    reports: fc.option(reports(nodeNames), { nil: {} }),
    dead: fc.subarray(nodeNames, { maxLength: 1 }),
  })
  .map(({ gateways, serving, dual, vpcs, ports, rules: own, surroundings: around, ...others }): World => {
    const named = new Map(vpcs.map((each) => [each.name, each]));
    const inside = dual ? '192.168.0.0/24,fd00::/64' : '192.168.0.0/24';
    return {
      resources: [
        ...nodeNames.map((name) => (gateways.includes(name) ? gatewayNode(name) : node(name))),
        providerNetwork('external0'),
        vlan('external0'),
        subnet('external0', {
          vlan: 'external0',
          cidrBlock: dual ? '10.9.101.0/24,2001:db8::/64' : '10.9.101.0/24',
        }),
        vlan('second', { provider: 'external0', id: 7 }),
        subnet('second', { vlan: 'second', cidrBlock: '10.7.0.0/24' }),
        ...[...named.values()].flatMap(({ name, external, routing: { staticRoutes, ...spec } }) => [
          vpc(name, {
            ...spec,
            ...attachments[external],
            staticRoutes: [...attachments[external].staticRoutes, ...staticRoutes],
          }),
          subnet(`${name}-s`, { vpc: name, cidrBlock: inside, ...leaving(spec) }),
        ]),
        ...new Map(
          ports.map((port) => [port.name, ip(port.name, { subnet: `${port.vpc}-s`, nodeName: port.node })]),
        ).values(),
        ...own,
        ...around,
        ...others.policies,
      ],
      fabric: withDead(
        reported(
          fabricWith(
            Object.fromEntries(nodeNames.map((name) => [name, bridge])),
            serving ? { 'cr-red-external0': serving } : {},
          ),
          others.reports,
        ),
        ...others.dead,
      ),
    };
  });
