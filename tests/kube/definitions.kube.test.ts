import { join } from 'node:path';
import {
  type CustomResourceDefinition,
  customResourceDefinition,
  definedKinds,
  kinds,
  kubeOvnGroup,
} from '@berth/api';
import type { OwnKubeServer } from '@berth/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bench, startBench } from '../../packages/engine/src/testing/bench.ts';
import { callCounter, get, kubectl, startKube } from '../support/kube-bench.ts';
import { openKubeController } from '../support/kube-controller.ts';

const example = join(import.meta.dirname, '../../examples/01-field-story');
const nodes = ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'];
const collection = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const absent = 'OvnDnatRule';

let kube: OwnKubeServer;
let bench: Bench;
beforeAll(async () => {
  [kube, bench] = await Promise.all([
    startKube({ definitions: false }),
    startBench(example, nodes, 'external0'),
  ]);
  const foreign = definedKinds
    .filter((kind) => kind !== absent)
    .map(customResourceDefinition)
    .map((ours) => (ours.spec.group === kubeOvnGroup ? likeKubeOvn(ours) : ours));
  await kube.apply(foreign.map((object) => ({ collection, object })));
  await kubectl(kube, 'wait', '--for=condition=Established', 'crd', '--all', '--timeout=120s');
  await kubectl(kube, 'apply', '--server-side', '-f', example);
});
afterAll(async () => {
  await kube[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

/** Fields of a status that Kube-OVN's definitions do not have. */
const added = ['placement', 'berth'];

/** A definition without all that ours adds: conditions are a plain list, and what is not known is dropped. */
function likeKubeOvn(ours: CustomResourceDefinition): CustomResourceDefinition {
  const crd = JSON.parse(JSON.stringify(ours));
  const [version] = crd.spec.versions;
  delete crd.spec.names.categories;
  version.additionalPrinterColumns = [];
  const { status } = version.schema.openAPIV3Schema.properties;
  if (!status) return crd;
  delete status['x-kubernetes-preserve-unknown-fields'];
  for (const name of added) delete status.properties[name];
  const { conditions } = status.properties;
  for (const key of Object.keys(conditions).filter((each) => each.startsWith('x-kubernetes-list')))
    delete conditions[key];
  delete conditions.items.required;
  return crd;
}

async function definitions(): Promise<string> {
  const { items } = await get(kube, 'crd');
  return JSON.stringify(
    items.map(({ metadata, spec }: { metadata: { name: string }; spec: object }) => [metadata.name, spec]),
  );
}

describe('with Kube-OVN’s definitions', () => {
  test('all works, what they lack is left out, and nothing is written twice for it', async () => {
    const before = await definitions();
    const calls = callCounter();
    await using controller = await openKubeController(kube, bench, { observe: calls.observe });
    // Status is said to change at each pass, since what the cluster dropped is missing again.
    await controller.until(async () => (await get(kube, 'ovn-fip', 'web')).status?.vpc === 'vpc1');
    await controller.pass();
    const { status } = await get(kube, 'ovn-fip', 'web');
    expect(status).toMatchObject({ vpc: 'vpc1', v4Eip: '10.9.101.9', ready: false });
    expect(Object.keys(status)).not.toContain('placement');
    calls.clear();
    await controller.pass();
    await controller.pass();
    expect(calls.writes()).toEqual([]);
    expect(await definitions()).toBe(before);
  });

  test('conditions of others stay', async () => {
    await using controller = await openKubeController(kube, bench);
    const theirs = { type: 'Validated', status: 'True', reason: 'Checked' };
    const { status } = await get(kube, 'subnet', 'external0');
    const patch = JSON.stringify({ status: { conditions: [...status.conditions, theirs] } });
    await kubectl(kube, 'patch', 'subnet', 'external0', '--subresource=status', '--type=merge', '-p', patch);
    await kubectl(
      kube,
      'patch',
      'subnet',
      'external0',
      '--type=merge',
      '-p',
      '{"spec":{"excludeIps":["10.9.101.1..10.9.101.7"]}}',
    );
    await controller.until(
      async () => (await get(kube, 'subnet', 'external0')).status.conditions[0].observedGeneration === 2,
    );
    const { conditions } = (await get(kube, 'subnet', 'external0')).status;
    expect(conditions.map(({ type }: { type: string }) => type)).toEqual(['Ready', 'Validated']);
  });

  test('a kind that is not installed is told, and read as soon as it is', async () => {
    await using controller = await openKubeController(kube, bench);
    const { findings } = await controller.pass();
    expect(findings.filter(({ code }) => code === 'kind-not-installed')).toMatchObject([
      { message: `the cluster has no ${kinds[absent].plural}.kubeovn.io` },
    ]);
    await kube.apply([{ collection, object: customResourceDefinition(absent) }]);
    await controller.until(
      async () => !(await controller.pass()).findings.some(({ code }) => code === 'kind-not-installed'),
    );
  });
});
