import { expect, test } from 'vitest';
import type { Host } from './host.ts';
import { readDefaultRoutes, readLinks } from './link.ts';

/** A host on which every program prints the same. */
function printing(text: string): Host {
  return {
    node: 'n1',
    ovsRemote: 'unix:none',
    ovsRundir: '/nonexistent',
    ovnRundir: '/nonexistent',
    run: async () => text,
  };
}

test('links with what is below, above and on them', async () => {
  const text = JSON.stringify([
    {
      ifindex: 7,
      link: 'eth1',
      ifname: 'eth1.5',
      flags: ['BROADCAST', 'UP'],
      mtu: 1496,
      master: 'br0',
      address: '02:00:00:00:00:01',
      addr_info: [
        { family: 'inet6', local: 'fe80::1', prefixlen: 64, scope: 'link', protocol: 'kernel_ll' },
        {},
      ],
    },
    { ifindex: 9, link: null, link_index: 2, ifname: 'bth0', flags: [], mtu: 1440, link_netnsid: 1 },
    {},
  ]);
  expect(await readLinks(printing(text))).toEqual([
    {
      name: 'eth1.5',
      index: 7,
      lower: 'eth1',
      master: 'br0',
      mac: '02:00:00:00:00:01',
      mtu: 1496,
      isUp: true,
      isLoopback: false,
      addresses: [{ family: 'inet6', ip: 'fe80::1', prefixLength: 64, scope: 'link' }],
    },
    { name: 'bth0', index: 9, peerIndex: 2, mtu: 1440, isUp: false, isLoopback: false, addresses: [] },
  ]);
});

test('default routes, of several next hops each', async () => {
  const nexthops = [
    { gateway: '192.0.2.1', dev: 'eth0', weight: 1 },
    { gateway: '192.0.2.2', dev: 'eth1', weight: 1 },
  ];
  const routes = await readDefaultRoutes(printing(JSON.stringify([{ dst: 'default', nexthops }])));
  expect(new Set(routes.map(({ device }) => device))).toEqual(new Set(['eth0', 'eth1']));
  expect(await readDefaultRoutes(printing(''))).toEqual([]);
  expect(await readDefaultRoutes(printing('[ ]\n'))).toEqual([]);
});

test.each(['not JSON', '{"a":1}', '[{"ifname":7}]'])('%s is a fault that names the program', async (text) => {
  await expect(readLinks(printing(text))).rejects.toMatchObject({
    code: 'output-unreadable',
    message: expect.stringContaining('ip -j address show'),
  });
});
