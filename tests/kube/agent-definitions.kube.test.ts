import { join } from 'node:path';
import { customResourceDefinition, definedKinds } from '@berth/api';
import { openNodeWatch, type PassResult, pass } from '@berth/engine';
import type { OwnKubeServer } from '@berth/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, startBench } from '../../packages/engine/src/testing/bench.ts';
import { eventually, get, kubectl, startKube } from '../support/kube-bench.ts';
import { openKubeController } from '../support/kube-controller.ts';

const example = join(import.meta.dirname, '../../examples/01-field-story');
const nodes = ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'];
const collection = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

let kube: OwnKubeServer;
let bench: Bench;
beforeAll(async () => {
  [kube, bench] = await Promise.all([
    startKube({ definitions: false }),
    startBench(example, nodes, 'external0'),
  ]);
  const users = definedKinds.filter((kind) => kind !== 'NodeReport' && kind !== 'NodeOrder');
  await kube.apply(users.map((kind) => ({ collection, object: customResourceDefinition(kind) })));
  await kubectl(kube, 'wait', '--for=condition=Established', 'crd', '--all', '--timeout=120s');
  await kubectl(kube, 'apply', '--server-side', '-f', example);
});
afterAll(async () => {
  await kube[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

/** The definitions of reports and orders as a release had them that knew less. */
function older() {
  const [report, order] = (['NodeReport', 'NodeOrder'] as const).map((kind) =>
    JSON.parse(JSON.stringify(customResourceDefinition(kind))),
  );
  const fieldsOf = (crd: typeof report, part: 'spec' | 'status') =>
    crd.spec.versions[0].schema.openAPIV3Schema.properties[part].properties;
  delete fieldsOf(report, 'status').tunnels;
  delete fieldsOf(order, 'spec').probes.items.properties.targets;
  return [report, order].map((object) => ({ collection, object }));
}

/** What a pass says of definitions. */
function said({ findings }: PassResult): readonly string[] {
  const codes = ['kind-not-installed', 'definition-older'];
  return findings
    .filter(({ code }) => codes.includes(code))
    .map(({ code, message }) => `${code}: ${message}`);
}

test('a cluster that does not know reports and orders, or knows them as they were, says so, and all else works', async () => {
  await using controller = await openKubeController(kube, bench);
  await using held = openNodeWatch(controller.source);
  let last: PassResult | undefined;
  const passed = async (condition: (result: PassResult) => boolean): Promise<boolean> => {
    last = await pass({ ...controller, nodes: held.nodes }).catch(() => undefined);
    return last !== undefined && condition(last);
  };
  await eventually(() => passed((result) => said(result).length === 2));
  expect(last && said(last)).toEqual([
    'kind-not-installed: the cluster has no nodeorders.gateway.berth.dev',
    'kind-not-installed: the cluster has no nodereports.gateway.berth.dev',
  ]);
  await eventually(() => passed(({ statusWrites }) => statusWrites === 0));
  expect((await get(kube, 'ovn-fip', 'web')).status.v4Eip).toBe('10.9.101.9');

  await kube.apply(older());
  // A report is all status, and of a status the cluster keeps what it does not know.
  const isOlder =
    "definition-older: the cluster's definition of nodeorders.gateway.berth.dev lacks spec.probes[].targets; the cluster drops what is written there";
  // One of the two is known before the other.
  await eventually(
    () => passed((result) => said(result).join() === isOlder),
    () => last && said(last),
  );
  await eventually(async () => (await get(kube, 'nodeorders')).items.length === nodes.length);
  const versions = async () =>
    (await get(kube, 'nodeorders')).items.map(
      ({ metadata }: { metadata: { resourceVersion: string } }) => metadata.resourceVersion,
    );
  await eventually(() => passed(() => true));
  const before = await versions();
  for (let turn = 0; turn < 3; turn++) await eventually(() => passed(() => true));
  expect(await versions()).toEqual(before);

  const right = (['NodeReport', 'NodeOrder'] as const).map(customResourceDefinition);
  await kube.apply(right.map((object) => ({ collection, object })));
  await eventually(() => passed((result) => said(result).length === 0));
  await eventually(async () => {
    await passed(() => true);
    const { spec } = await get(kube, 'nodeorder', nodes[0] ?? '');
    return spec.probes[0].targets[0] === '10.9.101.1';
  });
});
