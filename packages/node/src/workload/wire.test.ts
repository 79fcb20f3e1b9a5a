import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readDefaultRoutes, readLinks } from '../host/link.ts';
import { FakeHost } from '../testing/fake-host.ts';
import { testWorkload } from '../testing/workload.ts';
import { wire } from './wire.ts';
import { configOf, hostInterfaceName, type Workload } from './workload.ts';

const netns = 'pod.default.web';

function newHost(): FakeHost {
  const host = new FakeHost('node-1', 'unix:none', [{ name: 'eth0' }]);
  host.addNetns(netns);
  return host;
}

/** Wires as an attach does; says how often the switch was asked to forget. */
async function wireOn(host: FakeHost, workload: Workload, recorded?: string): Promise<number> {
  let forgotten = 0;
  const links = await readLinks(host);
  const forget = async (): Promise<void> => {
    forgotten += 1;
  };
  await wire(host, workload, { links, mtu: workload.mtu ?? 1440, isUserspace: true, recorded, forget });
  return forgotten;
}

const v4 = fc.integer({ min: 4, max: 7 }).map((last) => `192.168.0.${last}/24`);
const v6 = fc.integer({ min: 4, max: 7 }).map((last) => `fd00::${last}/64`);
const anyWorkload = fc
  .record({
    v4: fc.option(v4, { nil: undefined }),
    v6: fc.option(v6, { nil: undefined }),
    routed: fc.boolean(),
    mac: fc.constantFrom('0a:00:00:00:00:04', '0a:00:00:00:00:05'),
    mtu: fc.constantFrom(1400, 1440),
  })
  .map(({ v4: four, v6: six, routed, mac, mtu }): Workload => {
    const addresses = [four, six].flatMap((address) => address ?? []);
    const gateways = routed ? [...(four ? ['192.168.0.1'] : []), ...(six ? ['fd00::1'] : [])] : [];
    return { ...testWorkload('web', addresses, gateways, mac), mtu };
  });

test('whatever a pod had before, it gets what is wanted, and again is no work', async () => {
  await fc.assert(
    fc.asyncProperty(anyWorkload, anyWorkload, async (before, wanted) => {
      const host = newHost();
      await wireOn(host, before);
      expect(await wireOn(host, wanted, configOf(before))).toBe(0);
      const link = (await readLinks(host, { netns })).find(({ name }) => name === 'eth0');
      expect(link).toMatchObject({ mac: wanted.mac, mtu: wanted.mtu, isUp: true });
      expect(link?.addresses.map(({ ip }) => ip)).toEqual(
        expect.arrayContaining(wanted.addresses.map(({ ip }) => ip)),
      );
      expect(link?.addresses).toHaveLength(wanted.addresses.length);
      const gateways = (await readDefaultRoutes(host, { netns })).map(({ gateway }) => gateway);
      expect(gateways).toEqual(wanted.gateways);
      host.takeWrites();
      await wireOn(host, wanted, configOf(before));
      expect(host.takeWrites()).toEqual([]);
    }),
  );
});

test('work that stopped half way is done over, without a new pair', async () => {
  const host = newHost();
  const workload = testWorkload('web');
  await wireOn(host, workload);
  host.takeWrites();
  expect(await wireOn(host, workload)).toBe(0);
  const lines = host.takeWrites();
  expect(lines.filter((line) => line.includes('ethtool'))).toHaveLength(2);
  expect(lines.filter((line) => line.includes('link add'))).toEqual([]);
});

test('a pair whose other end is in another namespace is made anew, after the switch forgot it', async () => {
  const host = newHost();
  host.addNetns('old');
  await wireOn(host, { ...testWorkload('web'), netns: 'old' });
  expect(await wireOn(host, testWorkload('web'), 'old/eth0')).toBe(1);
  expect(host.hasLink('eth0', 'old')).toBe(false);
  expect(host.hasLink('eth0', netns)).toBe(true);
  expect(host.hasLink(hostInterfaceName('web.default'))).toBe(true);
});

test('a gateway outside the networks of the pod is reached on the link', async () => {
  const host = newHost();
  await wireOn(host, testWorkload('web', ['192.168.0.4/32'], ['169.254.1.1']));
  expect(host.takeWrites().at(-1)).toBe(
    `${netns}: ip -4 route replace default via 169.254.1.1 dev eth0 proto 98 onlink`,
  );
});

test('a namespace that is not there is a fault that names it', async () => {
  const missing = { ...testWorkload('web'), netns: 'gone' };
  await expect(wireOn(newHost(), missing)).rejects.toMatchObject({
    code: 'host-command-failed',
    message: expect.stringContaining('gone'),
  });
});
