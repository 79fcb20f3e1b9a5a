import { expect, test } from 'vitest';
import { fabricOf } from '../fabric/read.ts';
import { type OvnWorld, ovnWorld } from '../testing/ovn-world.ts';
import { withoutDarkHairpins } from './dark.ts';
import { flowsOf } from './flows/flows-of.ts';

/** Two floating IPs; the one on `far` has no bridge to the outside there. */
const world: OvnWorld = {
  nodes: [{ name: 'gw' }, { name: 'near' }, { name: 'far', mappings: [] }],
  externals: [{ name: 'external0', subnets: ['10.9.101.0/24'] }],
  routers: [
    {
      name: 'vpc1',
      gatewayPorts: [{ external: 'external0', members: [['gw', 100]] }],
      subnets: [
        {
          name: 'subnet1',
          networks: ['192.168.0.1/24'],
          pods: [
            { name: 'a.default', node: 'near', ips: ['192.168.0.4'] },
            { name: 'b.default', node: 'far', ips: ['192.168.0.5'] },
          ],
        },
      ],
      nat: [
        {
          ...{ type: 'dnat_and_snat', externalIp: '10.9.101.4', logicalIp: '192.168.0.4' },
          ...{ logicalPort: 'a.default', externalMac: '02:00:00:00:00:04' },
        },
        {
          ...{ type: 'dnat_and_snat', externalIp: '10.9.101.5', logicalIp: '192.168.0.5' },
          ...{ logicalPort: 'b.default', externalMac: '02:00:00:00:00:05' },
        },
      ],
    },
  ],
};

test('of an address that nobody outside reaches, its own hairpin is no more to be lost', () => {
  const { nb, sb } = ovnWorld(world);
  const fabric = fabricOf(nb, sb);
  const flows = flowsOf(nb, fabric);
  const hairpins = (some: typeof flows) =>
    some.filter(({ direction }) => direction === 'hairpin').map(({ externalIp }) => externalIp);
  expect(hairpins(flows)).toEqual(['10.9.101.4', '10.9.101.5']);
  const left = withoutDarkHairpins(fabric, flows);
  expect(hairpins(left)).toEqual(['10.9.101.4']);
  expect(left).toHaveLength(flows.length - 1);
});
