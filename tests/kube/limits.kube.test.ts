import type { OwnKubeServer } from '@berth/lab';
import { KubeReader, podsOfNode } from '@berth/source/kube';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bench } from '../../packages/engine/src/testing/bench.ts';
import { startFieldStory } from '../support/field-story.ts';
import { apply, applyObjects, controllerUser, get, kubectl } from '../support/kube-bench.ts';
import { openKubeController } from '../support/kube-controller.ts';
import {
  externalNetwork,
  floatingIpObjects,
  kubeOvn,
  nodeObject,
  podObject,
} from '../support/kube-objects.ts';

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
  const objects = floatingIpObjects(metadata.name, v4Ip);
  await applyObjects(kube, ...objects.map((each) => ({ ...each, metadata })));
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

describe('names of nodes, VPCs and subnets', () => {
  const long = (letter: string, length: number): string =>
    `${letter.repeat(63)}.${letter.repeat(63)}.${letter.repeat(63)}.${letter.repeat(63)}`.slice(0, length);
  const [node, vpc, subnet, external] = [long('n', 253), long('v', 120), long('s', 253), long('x', 120)];

  test('that are too long for a label keep no pod and no router from an address', async () => {
    await using controller = await openKubeController(kube, bench);
    await applyObjects(
      kube,
      nodeObject(node),
      ...externalNetwork('second', 'eth2', { cidrBlock: '10.9.102.0/24', gateway: '10.9.102.1' }),
      kubeOvn('Subnet', external, { vlan: 'second', cidrBlock: '10.9.103.0/24', gateway: '10.9.103.1' }),
      kubeOvn('Vpc', vpc, { enableExternal: true, extraExternalSubnets: [external] }),
      kubeOvn('Subnet', subnet, { vpc, cidrBlock: '172.20.0.0/24', gateway: '172.20.0.1' }),
      podObject('far', node, subnet, '172.20.0.9'),
      kubeOvn('OvnEip', 'far', { externalSubnet: external }),
      kubeOvn('OvnFip', 'far', { ovnEip: 'far', ipName: 'far.default' }),
    );
    await controller.until(() => targets(controller).includes('172.20.0.9'));
    await controller.settle();
    const { metadata, spec } = await get(kube, 'ip', 'far.default');
    expect(spec).toMatchObject({ nodeName: node, subnet });
    expect(metadata.labels ?? {}).toEqual({});
    const port = await get(kube, 'ovn-eip', `${vpc}-${external}`);
    expect(port.metadata.labels).not.toHaveProperty('ovn.kubernetes.io/subnet');
    // The agent of a node that no label can name finds the address all the same.
    const follow = podsOfNode(node);
    await using agent = new KubeReader({ kubeconfig: kube.kubeconfig(controllerUser), follow });
    const { resources } = await agent.list();
    expect(resources.IP.map(({ metadata: { name } }) => name)).toContain('far.default');
    expect(resources.Pod.map(({ metadata: { name } }) => name)).toEqual(['far']);
    await kubectl(kube, 'delete', 'ovn-fip,ovn-eip', 'far', '--wait=false');
    await kubectl(kube, 'delete', 'pod', 'far', '--force');
    await kubectl(kube, 'delete', 'subnet', subnet, external, 'second', '--wait=false');
    await kubectl(kube, 'delete', 'vpc', vpc, '--wait=false');
    await kubectl(kube, 'delete', 'node', node);
    await controller.until(async () => !(await kubectl(kube, 'get', 'vpcs')).includes(vpc));
    expect(targets(controller)).not.toContain('172.20.0.9');
  });

  test('of pods and VPCs that make too long a name for an IP or an EIP are told on the object', async () => {
    await using controller = await openKubeController(kube, bench);
    const [pod, router] = [long('p', 250), long('w', 250)];
    await applyObjects(
      kube,
      podObject(pod, 'vnode-103-176', 'vpc1-subnet1', '192.168.0.60'),
      kubeOvn('Vpc', router, { enableExternal: true, extraExternalSubnets: ['external0'] }),
    );
    const condition = async () => (await get(kube, 'vpc', router)).status?.conditions?.[0];
    await controller.until(async () => (await condition())?.reason === 'BadValue');
    expect((await condition()).message).toContain(
      'has 260 characters, and Kubernetes allows 253; make the VPC or the subnet anew with a shorter name',
    );
    await controller.settle();
    const { items } = await get(kube, 'events.v1.events.k8s.io', '-A');
    const told = items.filter(({ regarding }: { regarding: { name: string } }) => regarding.name === pod);
    expect(told.map(({ type, reason, note }: Record<string, string>) => [type, reason, note])).toEqual([
      ['Warning', 'BadValue', expect.stringContaining('make it with a name of at most 245 characters')],
    ]);
    expect(targets(controller)).toContain('192.168.0.4');
    await kubectl(kube, 'delete', 'pod', pod, '--force');
    await kubectl(kube, 'delete', 'vpc', router, '--wait=false');
    await controller.settle();
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
