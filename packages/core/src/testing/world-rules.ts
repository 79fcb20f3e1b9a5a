import type { OvnFip, Resource } from '@berth/api';
// biome-ignore lint/correctness/noUndeclaredDependencies: support for tests, which have it from the checkout
import fc from 'fast-check';
import { dnat, eip, fip, snat, vip } from './resources.ts';

const vpcNames = ['red', 'green', 'blue'];
const places = ['p1', 'p2', 'p3', 'vip', 'bare'] as const;

const floatingIp = fc.record({
  target: fc.constantFrom(...places),
  type: fc.constantFrom<OvnFip['spec']['type']>(undefined, 'distributed', 'centralized'),
  second: fc.boolean(),
});

/** The EIP of one of the floating IPs, or the address of a router port. */
const eipName = fc.constantFrom('e0', 'e1', 'e2', 'red-external0', 'green-second');

const sourceNat = fc.record({
  ovnEip: eipName,
  source: fc.constantFrom('p1', 'red-s', 'green-s', '192.168.0.0/25', '192.168.0.200'),
});

const portForward = fc.record({
  ovnEip: eipName,
  target: fc.constantFrom(...places),
  protocol: fc.constantFrom('tcp' as const, 'udp' as const),
  externalPort: fc.constantFrom('80', '81'),
});

/** Any rules out of a few, that often share an EIP, a target or a port. */
export const rules: fc.Arbitrary<readonly Resource[]> = fc
  .record({
    vipIn: fc.option(fc.constantFrom(...vpcNames), { nil: undefined }),
    floatingIps: fc.array(floatingIp, { maxLength: 4 }),
    sourceNats: fc.array(sourceNat, { maxLength: 3 }),
    portForwards: fc.array(portForward, { maxLength: 3 }),
  })
  .map(({ vipIn, floatingIps, sourceNats, portForwards }) => [
    ...(vipIn === undefined ? [] : [vip('v', { subnet: `${vipIn}-s` })]),
    ...floatingIps.flatMap(({ target, type, second }, index) => [
      eip(`e${index}`, second ? { externalSubnet: 'second' } : {}),
      fip(`f${index}`, { ovnEip: `e${index}`, ...(type && { type }), ...targetOf(target) }),
    ]),
    ...sourceNats.map(({ ovnEip, source }, index) => snat(`s${index}`, { ovnEip, ...sourceOf(source) })),
    ...portForwards.map(({ target, ...spec }, index) => dnat(`d${index}`, { ...spec, ...targetOf(target) })),
  ]);

function targetOf(target: (typeof places)[number]) {
  if (target === 'bare') return { vpc: 'red', v4Ip: '192.168.0.200' };
  return target === 'vip' ? ({ ipType: 'vip', ipName: 'v' } as const) : { ipName: target };
}

function sourceOf(source: string) {
  if (source.includes('.')) return { vpc: 'red', v4IpCidr: source };
  return source.endsWith('-s') ? { vpcSubnet: source } : { ipName: source };
}
