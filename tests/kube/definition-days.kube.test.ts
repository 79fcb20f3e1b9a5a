import { customResourceDefinition } from '@berth/api';
import type { OwnKubeServer } from '@berth/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Bench } from '../../packages/engine/src/testing/bench.ts';
import { applyFiles, floatingIp, startFieldStory } from '../support/field-story.ts';
import { eventually, get, kubectl } from '../support/kube-bench.ts';
import { type KubeController, openKubeController } from '../support/kube-controller.ts';

const name = 'ovn-fips.kubeovn.io';
const collection = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

let kube: OwnKubeServer;
let bench: Bench;
beforeAll(async () => {
  [kube, bench] = await startFieldStory();
});
afterAll(async () => {
  await kube[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

function rules({ ovn }: KubeController): readonly unknown[] {
  return [...ovn.northbound.snapshot().table('NAT')].map((row) => row['external_ip']);
}

/** What a pass says of definitions. */
async function said(controller: KubeController): Promise<string | undefined> {
  const { findings } = await controller.pass();
  return findings.find(({ code }) => code === 'kind-not-installed')?.message;
}

/** Whether the cluster serves the version that is read, beside another one. */
async function serve(isServed: boolean): Promise<void> {
  const [version] = (await get(kube, 'crd', name)).spec.versions;
  const versions = [
    { ...version, served: isServed },
    { ...version, name: 'v2', served: true, storage: false },
  ];
  await kubectl(kube, 'patch', 'crd', name, '--type=merge', '-p', JSON.stringify({ spec: { versions } }));
}

test('objects that the cluster keeps and does not serve stay in effect, and nobody who cannot read them writes', async () => {
  const notServed = `the cluster's definition of ${name} does not serve v1, so its objects cannot be read; what is known of them stays in effect`;
  {
    await using controller = await openKubeController(kube, bench);
    await controller.settle();
    await serve(false);
    await controller.until(async () => (await said(controller)) === notServed);
    expect(rules(controller)).toEqual([floatingIp]);
    // All else goes on.
    const change = '{"spec":{"excludeIps":["10.9.101.1..10.9.101.7"]}}';
    await kubectl(kube, 'patch', 'subnet', 'external0', '--type=merge', '-p', change);
    await controller.until(
      async () => (await get(kube, 'subnet', 'external0')).status.conditions[0].observedGeneration === 2,
    );
    expect(rules(controller)).toEqual([floatingIp]);
  }
  await expect(openKubeController(kube, bench)).rejects.toMatchObject({
    code: 'kind-not-served',
    message: notServed,
  });
  await serve(true);
  await using next = await openKubeController(kube, bench);
  expect(rules(next)).toEqual([floatingIp]);
  await next.settle();
  expect(await said(next)).toBeUndefined();
  await serve(false);
  await next.until(async () => (await said(next)) === notServed);
  await serve(true);
  await next.until(async () => (await said(next)) === undefined);
  await kubectl(kube, 'patch', 'ovn-fip', 'web', '--type=merge', '-p', '{"spec":{"type":"centralized"}}');
  await next.until(async () => (await get(kube, 'ovn-fip', 'web')).status.placement === 'centralized');
});

test('a definition that is deleted takes its objects and their rows along, says what is in use, and can come back', async () => {
  await using controller = await openKubeController(kube, bench);
  await controller.settle();
  await kubectl(kube, 'delete', 'crd', 'subnets.kubeovn.io', name, '--wait=false');
  await controller.until(() => rules(controller).length === 0);
  await controller.until(async () => (await said(controller)) === `the cluster has no ${name}`);
  const [ready] = (await get(kube, 'subnet', 'external0')).status.conditions;
  expect(ready).toMatchObject({
    status: 'True',
    reason: 'InUse',
    message: expect.stringContaining('being deleted but is used by ovn-eip/vpc1-external0'),
  });
  await kubectl(kube, 'delete', 'ovn-eip,pod', '--all', '--force', '--wait=false');
  await kubectl(kube, 'delete', 'vpc', 'vpc1', '--wait=false');
  await eventually(async () => {
    await controller.pass();
    return (await get(kube, 'crd')).items.every(
      ({ metadata }: { metadata: { name: string } }) => metadata.name !== 'subnets.kubeovn.io',
    );
  });
  await controller.settle();
  const { northbound } = controller.ovn;
  for (const table of ['Logical_Router', 'Logical_Switch', 'NAT', 'HA_Chassis_Group'] as const)
    expect([...northbound.snapshot().table(table)], table).toEqual([]);
  const back = (['OvnFip', 'Subnet'] as const).map(customResourceDefinition);
  await kube.apply(back.map((object) => ({ collection, object })));
  await kubectl(kube, 'wait', '--for=condition=Established', 'crd', '--all', '--timeout=120s');
  await applyFiles(kube, '02-external-network.yaml', '03-vpc.yaml', '04-pod.yaml', '05-floating-ip.yaml');
  await controller.until(() => rules(controller).includes(floatingIp));
  expect(await said(controller)).toBeUndefined();
});
