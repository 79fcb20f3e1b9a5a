import type { OwnKubeServer } from '@berth/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bench } from '../../packages/engine/src/testing/bench.ts';
import { startFieldStory } from '../support/field-story.ts';
import { apply, applyObjects, get, kubectl } from '../support/kube-bench.ts';
import { openKubeController } from '../support/kube-controller.ts';

let kube: OwnKubeServer;
let bench: Bench;
beforeAll(async () => {
  [kube, bench] = await startFieldStory();
});
afterAll(async () => {
  await kube[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

type Metadata = {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
};

/** An EIP and a floating IP to an address, of one name. */
async function floatingIp(metadata: Metadata, v4Ip: string): Promise<void> {
  const objects = [
    { kind: 'OvnEip', spec: { externalSubnet: 'external0' } },
    { kind: 'OvnFip', spec: { ovnEip: metadata.name, vpc: 'vpc1', v4Ip, type: 'centralized' } },
  ];
  const items = objects.map((each) => ({ apiVersion: 'kubeovn.io/v1', ...each, metadata }));
  await applyObjects(kube, ...items);
}

function targets({ ovn }: Awaited<ReturnType<typeof openKubeController>>): readonly string[] {
  return [...ovn.northbound.snapshot().table('NAT')].map((row) => String(row['logical_ip']));
}

async function annotations(name: string): Promise<Readonly<Record<string, string>>> {
  return (await get(kube, 'ovn-fip', name)).metadata.annotations;
}

describe('names and labels as long as Kubernetes allows', () => {
  // The name of an event is cut from it, here right behind a dash.
  const name = `${'a'.repeat(199)}-${'b'.repeat(53)}`;
  const label = 'x'.repeat(63);
  const key = `${'d'.repeat(63)}.${'e'.repeat(63)}.${'f'.repeat(63)}.${'g'.repeat(61)}/${label}`;

  test('are programmed, shown and told of like any other', async () => {
    expect(name).toHaveLength(253);
    await using controller = await openKubeController(kube, bench);
    await floatingIp({ name, labels: { [key]: label } }, '192.168.0.50');
    await controller.until(() => targets(controller).includes('192.168.0.50'));
    await controller.settle();
    const { metadata, status } = await get(kube, 'ovn-fip', name);
    expect(status).toMatchObject({ vpc: 'vpc1', v4Ip: '192.168.0.50' });
    expect(metadata.labels[key]).toBe(label);
    const { items } = await get(kube, 'events.v1.events.k8s.io', '-A');
    const told = items.filter(({ regarding }: { regarding: { name: string } }) => regarding.name === name);
    expect(told.length).toBeGreaterThan(0);
    await kubectl(kube, 'delete', 'ovn-fip,ovn-eip', name, '--wait=false');
    await controller.until(async () => (await get(kube, 'ovn-fips,ovn-eips')).items.length === 3);
    expect(targets(controller)).not.toContain('192.168.0.50');
  });
});

describe('annotations that mean harm', () => {
  const foreign = {
    'example.com/escape': '\u001b[2J\u202e"; drop table NAT; --\n\r\t$(reboot)`reboot`{{.}}',
    'example.com/large': '\u00e4'.repeat(100_000),
    'example.com/json': '{"__proto__":{"polluted":true}}',
  };

  test('of others are nothing to us, and stay to the letter', async () => {
    await using controller = await openKubeController(kube, bench);
    await floatingIp({ name: 'foreign', annotations: foreign }, '192.168.0.51');
    await controller.until(() => targets(controller).includes('192.168.0.51'));
    await controller.settle();
    expect(await annotations('foreign')).toMatchObject(foreign);
    expect(Object.prototype).not.toHaveProperty('polluted');
  });

  test.each(['{', '{"placement":"sideways"}', '[]', 'null', '{"__proto__":{"placement":"distributed"}}'])(
    'in the place of ours are told on the object, and harm no other: %s',
    async (keep) => {
      await using controller = await openKubeController(kube, bench);
      await floatingIp({ name: 'hostile', annotations: { 'berth.dev/keep': keep } }, '192.168.0.52');
      const told = async (): Promise<string> =>
        (await get(kube, 'ovn-fip', 'hostile')).status?.conditions?.[0].message ?? '';
      await controller.until(async () => (await told()).includes('berth.dev/keep'));
      await controller.settle();
      expect(targets(controller)).toEqual(expect.arrayContaining(['192.168.0.4', '192.168.0.52']));
      expect((await annotations('hostile'))['berth.dev/keep']).toBe(keep);
      await kubectl(kube, 'delete', 'ovn-fip,ovn-eip', 'hostile', '--wait=false');
      await controller.until(async () => !(await kubectl(kube, 'get', 'ovn-fips')).includes('hostile'));
    },
  );

  test('that claim to be the last good version make no other object, and go', async () => {
    await using controller = await openKubeController(kube, bench);
    const stolen = {
      ...{ apiVersion: 'kubeovn.io/v1', kind: 'Vpc', metadata: { name: 'stolen' } },
      spec: { staticRoutes: [{ cidr: '0.0.0.0/0', nextHopIP: '10.9.101.66' }] },
    };
    const kept = { 'berth.dev/last-good': JSON.stringify(stolen) };
    const spec = { ovnEip: 'web', vpc: 'vpc1', v4Ip: 'nowhere' };
    const metadata = { name: 'liar', annotations: kept };
    await apply(kube, JSON.stringify({ apiVersion: 'kubeovn.io/v1', kind: 'OvnFip', metadata, spec }));
    await controller.seen(({ OvnFip }) => OvnFip.length > 0);
    await controller.until(
      async () => (await get(kube, 'ovn-fip', 'liar')).status?.conditions?.[0].reason === 'BadValue',
    );
    const routers = [...controller.ovn.northbound.snapshot().table('Logical_Router')];
    expect(routers.map(({ name }) => name)).toEqual(['vpc1']);
    expect((await kubectl(kube, 'get', 'vpcs')).includes('stolen')).toBe(false);
  });
});
