import { type Resource, type ResourceRef, refKey, refOf } from '@berth/api';
import { type Finding, reasonOf } from '@berth/core';
import type { OwnKubeServer } from '@berth/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BadCase } from '../../packages/core/src/testing/bad-case.ts';
import { badCases } from '../../packages/core/src/testing/bad-cases.ts';
import { badSupport } from '../../packages/core/src/testing/bad-support.ts';
import { fieldStory } from '../../packages/core/src/testing/field-story.ts';
import type { Bench } from '../../packages/engine/src/testing/bench.ts';
import { Api } from '../../packages/source/src/kube/api/api.ts';
import { resourcePath } from '../../packages/source/src/kube/api/resource-path.ts';
import { startFieldStory } from '../support/field-story.ts';
import { type KubeController, openKubeController } from '../support/kube-controller.ts';

/*
 * The mistakes that users can make, one after the other through a real API server: what is wrong must be where kubectl describe shows it, as a
 * condition of the object or as an event on it.
 */

let kube: OwnKubeServer;
let bench: Bench;
let api: Api;
let controller: KubeController;
beforeAll(async () => {
  [kube, bench] = await startFieldStory();
  api = new Api({ kubeconfig: kube.kubeconfig() });
  controller = await openKubeController(kube, bench, { defaultExternalSubnet: 'external0' });
  await controller.settle();
});
afterAll(async () => {
  await controller?.[Symbol.asyncDispose]();
  await api?.close();
  await kube?.[Symbol.asyncDispose]();
  await bench?.[Symbol.asyncDispose]();
});

const story = new Set(fieldStory.map((each) => refKey(refOf(each))));

/** Cases that a user makes by writing new objects: not by what nodes report, by an age, or by a deletion. */
function isWritten({ objects, fabric }: BadCase): boolean {
  return (
    fabric === undefined &&
    objects.every(
      (each) =>
        !story.has(refKey(refOf(each))) &&
        each.metadata.creationTimestamp === undefined &&
        each.metadata.deletionTimestamp === undefined,
    )
  );
}

/** Of fields that do nothing one of each kind is enough here. */
const unsupported = [...Map.groupBy(badSupport, ({ expected }) => expected.object?.kind).values()].flatMap(
  ([first]) => first ?? [],
);

const cases = [...badCases, ...unsupported].filter(isWritten);

/** An object as its user writes it. */
function written({ metadata, ...content }: Resource): object {
  const { name, namespace, labels, annotations } = metadata;
  const containers = [{ name: 'c', image: 'none' }];
  return {
    ...content,
    metadata: { name, namespace, labels, annotations },
    ...(content.kind === 'Pod' && { spec: { ...content.spec, containers } }),
  };
}

function pathOf({ kind, metadata: { name, namespace } }: Resource): string {
  return resourcePath(kind, { name, namespace });
}

type Condition = { readonly reason?: string; readonly message?: string };

/** What the object and its events say: `Reason: message`. */
async function shown({ kind, name, namespace }: ResourceRef): Promise<readonly string[]> {
  const object = await api.call({
    method: 'GET',
    path: resourcePath(kind as Resource['kind'], { name, namespace }),
  });
  const { conditions = [] } = (object['status'] ?? {}) as { readonly conditions?: readonly Condition[] };
  const { items } = (await api.call({
    method: 'GET',
    path: '/apis/events.k8s.io/v1/events',
    query: { fieldSelector: `regarding.name=${name}` },
  })) as unknown as {
    readonly items: readonly {
      readonly regarding: ResourceRef;
      readonly reason: string;
      readonly note: string;
    }[];
  };
  const events = items.filter(({ regarding }) => regarding.kind === kind && regarding.name === name);
  return [
    ...conditions.map(({ reason, message }) => `${reason}: ${message}`),
    ...events.map(({ reason, note }) => `${reason}: ${note}`),
  ];
}

/** Whether a finding is the one that a case expects. */
function isMeant({ code, object, field }: Finding, expected: BadCase['expected']): boolean {
  return (
    code === expected.code &&
    (expected.field === undefined || field === expected.field) &&
    (expected.object === undefined ||
      (object?.kind === expected.object.kind && object.name === expected.object.name))
  );
}

/** Lets a Namespace go that is being deleted, as kube-controller-manager does once nothing is left in it. */
async function finalize(name: string): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: { finalizers: [] } };
  await api.call({ method: 'PUT', path: `/api/v1/namespaces/${name}/finalize`, body });
}

test.each(cases)('kubectl describe tells that $what', async ({ objects, expected }) => {
  try {
    for (const object of objects)
      await api.call({
        method: 'POST',
        path: resourcePath(object.kind, { namespace: object.metadata.namespace }),
        body: written(object),
      });
    await controller.seen((all) =>
      objects.every(({ kind, metadata }) => all[kind].some((each) => each.metadata.name === metadata.name)),
    );
    const { findings } = await controller.settle();
    const found = findings.find((each) => isMeant(each, expected));
    expect(found, findings.map(({ code, message }) => `${code}: ${message}`).join('\n')).toBeDefined();
    if (!found?.object) throw new Error('it is about no object');
    const lines = await shown(found.object);
    // Either it is the reason, or it is said beside what is worse or works all the same.
    const isTold = (line: string): boolean =>
      line.includes(found.message) || line.startsWith(`${reasonOf(found.code)}: `);
    expect(lines.filter(isTold), lines.join('\n')).not.toEqual([]);
    expect(controller.ovn.northbound.snapshot().table('NAT').size).toBeGreaterThan(0);
  } finally {
    for (const object of objects.toReversed()) {
      await api
        .call({ method: 'DELETE', path: `${pathOf(object)}?gracePeriodSeconds=0` })
        .catch(() => undefined);
      if (object.kind === 'Namespace') await finalize(object.metadata.name);
    }
    await controller.until(async () => {
      const left = await Promise.all(
        objects.map((each) =>
          api.call({ method: 'GET', path: pathOf(each) }).then(
            () => true,
            () => false,
          ),
        ),
      );
      return left.every((isThere) => !isThere);
    });
  }
});
