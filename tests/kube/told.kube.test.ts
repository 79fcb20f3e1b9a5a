import type { Condition } from '@berth/api';
import type { OwnKubeServer } from '@berth/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Bench } from '../../packages/engine/src/testing/bench.ts';
import { nodes, startFieldStory } from '../support/field-story.ts';
import { apply, get, kubectl } from '../support/kube-bench.ts';
import { openKubeController } from '../support/kube-controller.ts';

/*
 * What is told of objects by events: once for as long as it is so, whichever controller leads, and once that it is over.
 */

let kube: OwnKubeServer;
let bench: Bench;
beforeAll(async () => {
  [kube, bench] = await startFieldStory();
});
afterAll(async () => {
  await kube[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

type Told = {
  readonly type: string;
  readonly reason: string;
  readonly regarding: { readonly kind: string; readonly name: string };
};

/** The events about an object that are no mere progress, the oldest first. */
async function toldOf(kind: string, name: string): Promise<readonly string[]> {
  const { items } = await get(kube, 'events.v1.events.k8s.io', '-A', '--sort-by=.eventTime');
  return items
    .filter(({ regarding }: Told) => regarding.kind === kind && regarding.name === name)
    .filter(({ reason }: Told) => reason !== 'Programmed' && reason !== 'Pending')
    .map(({ type, reason }: Told) => `${type} ${reason}`);
}

const annotate = (object: string, text: string) => kubectl(kube, 'annotate', object, '--overwrite', text);

const routes = (gw: string) => `ovn.kubernetes.io/routes=[{"dst":"10.9.0.0/16","gw":"${gw}"}]`;

test('a pod’s trouble is a Warning and its end a Normal event, and no controller that comes later tells either again', async () => {
  {
    await using controller = await openKubeController(kube, bench);
    await annotate('pod/web', routes('172.16.0.1'));
    await controller.until(async () => (await toldOf('Pod', 'web')).length > 0);
    await controller.settle();
  }
  {
    await using controller = await openKubeController(kube, bench);
    await controller.settle();
    expect(await toldOf('Pod', 'web')).toEqual(['Warning AnnotationInvalid']);
    await annotate('pod/web', routes('192.168.0.254'));
    await controller.until(async () => (await toldOf('Pod', 'web')).length > 1);
    await controller.settle();
  }
  const both = ['Warning AnnotationInvalid', 'Normal Solved'];
  await using controller = await openKubeController(kube, bench);
  await controller.settle();
  expect(await toldOf('Pod', 'web')).toEqual(both);
  await annotate('pod/web', routes('172.16.0.1'));
  await controller.until(async () => (await toldOf('Pod', 'web')).length > 2);
  expect(await toldOf('Pod', 'web')).toEqual([...both, 'Warning AnnotationInvalid']);
});

test('what is mended while no controller is there is told by the next one', async () => {
  await annotate('pod/web', routes('192.168.0.254'));
  await using controller = await openKubeController(kube, bench);
  await controller.settle();
  expect((await toldOf('Pod', 'web')).slice(-2)).toEqual(['Warning AnnotationInvalid', 'Normal Solved']);
});

test('what is wrong with an object that works all the same is a Warning, once', async () => {
  {
    await using controller = await openKubeController(kube, bench);
    await controller.settle();
    await annotate('vpc/vpc1', 'berth.dev/keep={"gateways":{"external0":["nobody"]}}');
    await annotate('ovn-eip/web', 'berth.dev/allow-address-in-use=yes');
    await controller.until(async () => (await toldOf('Vpc', 'vpc1')).includes('Warning KeepIgnored'));
    await controller.settle();
  }
  await using controller = await openKubeController(kube, bench);
  await controller.settle();
  expect(await toldOf('Vpc', 'vpc1')).toEqual(['Warning KeepIgnored']);
  expect(await toldOf('OvnEip', 'web')).toEqual(['Warning AnnotationInvalid']);
});

test('and is not told again when the object has failed for another reason meanwhile', async () => {
  const route = (staticRoutes: readonly object[]) =>
    kubectl(kube, 'patch', 'vpc', 'vpc1', '--type=merge', '-p', JSON.stringify({ spec: { staticRoutes } }));
  await using controller = await openKubeController(kube, bench);
  await controller.settle();
  const fails = async () => {
    const { status } = await get(kube, 'vpc', 'vpc1');
    return status.conditions.some(({ reason }: Condition) => reason === 'RouteNowhere');
  };
  const { spec } = await get(kube, 'vpc', 'vpc1');
  await route([{ cidr: '172.16.0.0/16', nextHopIP: '10.99.0.1' }]);
  await controller.until(fails);
  await controller.settle();
  await route(spec.staticRoutes ?? []);
  await controller.until(async () => !(await fails()));
  await controller.settle();
  expect(await toldOf('Vpc', 'vpc1')).toEqual(['Warning KeepIgnored', 'Warning RouteNowhere']);
});

/** A value that a user may write, and what comes of it: the events about the pod. */
test.each([
  ['ip_address', '10.0.0.300', ['Warning AnnotationInvalid']],
  ['ip_address', '192.168.0.9,192.168.0.9', ['Warning AnnotationInvalid']],
  ['ip_address', '::ffff:192.168.0.9', ['Warning AnnotationInvalid']],
  ['ip_address', '192.168.0.1', ['Warning AddressInvalid']],
  ['ip_address', 'fd00::9', ['Warning AddressOutsideSubnet']],
  ['mac_address', 'ff:ff:ff:ff:ff:ff', ['Warning AnnotationInvalid']],
  ['logical_switch', 'nowhere', ['Warning ReferenceNotFound']],
  ['logical_switch', 'external0', ['Warning NoSubnet']],
  ['logical_router', 'nowhere', ['Warning VpcMismatch']],
  ['port_security', 'yes', ['Warning AnnotationInvalid']],
  ['routes', '[{"gw":"192.168.0.9"},{"gw":"192.168.0.8"}]', ['Warning AnnotationInvalid']],
  ['routes', `[${'['.repeat(60_000)}${']'.repeat(60_000)}]`, ['Warning AnnotationInvalid']],
  ['routes', '[{"dst":"fd00::/8","gw":"fd00::1"}]', ['Warning AnnotationInvalid']],
  ['eip', '1.1.1.1', ['Warning NotSupported']],
  ['snat', '1.1.1.1', ['Warning NotSupported']],
  ['ip_pool', 'x'.repeat(200_000), ['Warning NotSupported']],
])('a pod with %s: %.50s is told once', async (word, value, expected) => {
  const name = `p${Math.abs(hash(`${word}${value}`))}`;
  const annotations = {
    'ovn.kubernetes.io/logical_switch': 'vpc1-subnet1',
    [`ovn.kubernetes.io/${word}`]: value,
  };
  const pod = {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', annotations } },
    spec: { nodeName: nodes[0], containers: [{ name: 'c', image: 'c' }] },
  };
  await apply(kube, JSON.stringify(pod));
  await using controller = await openKubeController(kube, bench);
  await controller.settle();
  expect(await toldOf('Pod', name)).toEqual(expected);
  await kubectl(kube, 'delete', 'pod', name, '--force', '--grace-period=0');
  await controller.settle();
  expect(await toldOf('Pod', name)).toEqual(expected);
});

function hash(text: string): number {
  return [...text].reduce((sum, each) => (sum * 31 + each.charCodeAt(0)) | 0, 7);
}
