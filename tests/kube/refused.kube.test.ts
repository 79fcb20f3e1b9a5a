import { loop, type PassResult } from '@berth/engine';
import type { OwnKubeServer } from '@berth/lab';
import { SourceFault } from '@berth/source';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Bench } from '../../packages/engine/src/testing/bench.ts';
import { Api } from '../../packages/source/src/kube/api/api.ts';
import { startFieldStory } from '../support/field-story.ts';
import { applyObjects, controllerUser, eventually, get, kubectl } from '../support/kube-bench.ts';
import { openKubeController } from '../support/kube-controller.ts';
import { floatingIpObjects } from '../support/kube-objects.ts';

let kube: OwnKubeServer;
let bench: Bench;
beforeAll(async () => {
  [kube, bench] = await startFieldStory();
});
afterAll(async () => {
  await kube[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

/**
 * A rule of the cluster that lets the controller change nothing whose name begins with `kept`, but for the status of it where told so, and
 * give nothing the label `probe`.
 */
function keepingPolicy() {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const collection = `/apis/${apiVersion}`;
  const metadata = { name: 'keep-out' };
  const resourceRules = [
    {
      ...{ apiGroups: ['kubeovn.io'], apiVersions: ['v1'], operations: ['UPDATE'] },
      resources: ['ovn-eips', 'ovn-fips', 'ovn-fips/status'],
    },
  ];
  const isKept = `object.metadata.name.startsWith(has(request.subResource) && request.subResource == "status" ? "kept-status" : "kept-whole")`;
  const isProbe = `has(object.metadata.labels) && "probe" in object.metadata.labels`;
  const expression = `request.userInfo.username != "${controllerUser}" || !(${isKept} || ${isProbe})`;
  return [
    {
      collection: `${collection}/validatingadmissionpolicies`,
      object: {
        ...{ apiVersion, kind: 'ValidatingAdmissionPolicy', metadata },
        spec: {
          matchConstraints: { resourceRules },
          validations: [{ expression, message: 'it is kept' }],
        },
      },
    },
    {
      collection: `${collection}/validatingadmissionpolicybindings`,
      object: {
        ...{ apiVersion, kind: 'ValidatingAdmissionPolicyBinding', metadata },
        spec: { policyName: metadata.name, validationActions: ['Deny'] },
      },
    },
  ];
}

/** Waits until the API server goes by the rule, which it takes up some time after it has it. */
async function untilKept(): Promise<void> {
  const api = new Api({ kubeconfig: kube.kubeconfig(controllerUser) });
  const path = '/apis/kubeovn.io/v1/ovn-fips/web';
  const body = { metadata: { labels: { probe: 'x' } } };
  await eventually(() =>
    api.call({ method: 'PATCH', path, query: { dryRun: 'All' }, patch: 'merge', body }).then(
      () => false,
      (error: { readonly status?: number }) => error.status === 422,
    ),
  );
  await api.close();
}

/** An EIP and a floating IP to a bare address. */
function floatingIp(name: string, v4Ip: string): Promise<void> {
  return applyObjects(kube, ...floatingIpObjects(name, v4Ip));
}

test('an object that a rule of the cluster keeps waits alone: others come and go at once', async () => {
  await using controller = await openKubeController(kube, bench);
  const stop = new AbortController();
  const refusals: SourceFault[] = [];
  let last: PassResult | undefined;
  let cause: unknown;
  const running = loop(controller, {
    signal: stop.signal,
    onPass: (result) => {
      last = result;
    },
    onFault: (fault) => {
      cause = fault;
      if (fault instanceof SourceFault && fault.refused) refusals.push(fault);
    },
  });
  const targets = (): readonly unknown[] =>
    [...controller.ovn.northbound.snapshot().table('NAT')].map((row) => row['logical_ip']);
  try {
    await eventually(() => targets().length > 0);
    await kube.apply(keepingPolicy());
    await untilKept();
    await floatingIp('kept-whole', '192.168.0.60');
    await floatingIp('kept-status', '192.168.0.61');
    await eventually(() => refusals.length >= 5);
    const [before, sinceMs] = [refusals.length, performance.now()];
    const others = Array.from({ length: 16 }, (_, place) => `192.168.0.${100 + place}`);
    for (const [place, v4Ip] of others.entries()) {
      await floatingIp(`other-${place}`, v4Ip);
      await eventually(
        () => targets().includes(v4Ip),
        () => cause,
      );
    }
    // Each of the two has a pause of two seconds by now, and then a longer one: they are not tried with each of the others.
    const pauses = Math.ceil((performance.now() - sinceMs) / 2_000);
    expect(refusals.length - before).toBeLessThanOrEqual(2 * (pauses + 1));
    expect(targets()).not.toContain('192.168.0.60');
    expect(targets()).toContain('192.168.0.61');
    const told = (): readonly unknown[] =>
      last?.findings.filter(({ code }) => code === 'write-refused').map(({ object }) => object) ?? [];
    expect(told()).toEqual(
      expect.arrayContaining([expect.objectContaining({ kind: 'OvnFip', name: 'kept-whole' })]),
    );
    await kubectl(kube, 'delete', 'validatingadmissionpolicybinding', 'keep-out');
    await eventually(() => targets().includes('192.168.0.60'));
    await eventually(
      async () => (await get(kube, 'ovn-fip', 'kept-status')).status?.placement === 'centralized',
    );
    await eventually(() => told().length === 0);
  } finally {
    stop.abort();
    await running;
  }
});
