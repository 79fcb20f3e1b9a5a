import { loop } from '@berth/engine';
import type { OwnKubeServer } from '@berth/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Bench } from '../../packages/engine/src/testing/bench.ts';
import { claimGateway } from '../../packages/engine/src/testing/chassis.ts';
import { Api } from '../../packages/source/src/kube/api/api.ts';
import { type JsonObject, listIn, objectIn, textIn } from '../../packages/source/src/kube/api/json.ts';
import { nodes, startFieldStory } from '../support/field-story.ts';
import { controllerUser, eventually, kubectl } from '../support/kube-bench.ts';
import { type KubeController, openKubeController } from '../support/kube-controller.ts';
import { oneSeat } from '../support/one-seat.ts';

/* Many floating IPs that are created at once, as `tools/bench/kube.ts` creates a thousand: what they cost, and that none is forgotten. */

const kubeOvn = '/apis/kubeovn.io/v1';

/** Calls of the controller by how they ended; those about events and the Lease do not count. */
type Calls = { writes: number; refusedForNow: number };

let kube: OwnKubeServer;
let bench: Bench;
let api: Api;
let controller: KubeController;
const stop = new AbortController();
const calls: Calls = { writes: 0, refusedForNow: 0 };
let transactions = 0;
let running: Promise<void>;

beforeAll(async () => {
  [kube, bench] = await startFieldStory();
  api = new Api({ kubeconfig: kube.kubeconfig() });
  controller = await openKubeController(kube, bench, {
    observe: {
      called: ({ method, path, status }) => {
        if (method === 'GET' || path.includes('/leases') || path.includes('/events')) return;
        if (status === 429) calls.refusedForNow += 1;
        else if (status < 300) calls.writes += 1;
      },
    },
  });
  await controller.settle();
  await claimGateway(bench.sb.remote, 'cr-vpc1-external0', `chassis-${nodes[0]}`);
  running = loop(controller, {
    signal: stop.signal,
    onPass: ({ written }) => {
      transactions += written.transactions;
    },
  });
});
afterAll(async () => {
  stop.abort();
  await running;
  await controller?.[Symbol.asyncDispose]();
  await api?.close();
  await kube?.[Symbol.asyncDispose]();
  await bench?.[Symbol.asyncDispose]();
});

/** Creates an EIP and a floating IP for each of these addresses inside, as fast as the API server takes them. */
async function createAtOnce(prefix: string, insides: readonly string[]): Promise<void> {
  const queue = [...insides.entries()];
  const create = (plural: string, kind: string, name: string, spec: object): Promise<JsonObject> =>
    api.call({
      method: 'POST',
      path: `${kubeOvn}/${plural}`,
      body: { apiVersion: 'kubeovn.io/v1', kind, metadata: { name }, spec },
    });
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [place, v4Ip] = next;
      const name = `${prefix}-${place}`;
      await create('ovn-eips', 'OvnEip', name, { externalSubnet: 'external0' });
      await create('ovn-fips', 'OvnFip', name, { ovnEip: name, vpc: 'vpc1', v4Ip, type: 'centralized' });
    }
  };
  await Promise.all(Array.from({ length: 16 }, lane));
}

/** The external addresses of the floating IPs that say they are ready, by the address inside. */
async function ready(): Promise<ReadonlyMap<string, string>> {
  const page = await api.call({ method: 'GET', path: `${kubeOvn}/ovn-fips` });
  const statuses = listIn(page, 'items').map((item) => objectIn(item, 'status'));
  return new Map(
    statuses
      .filter((status) => status['ready'] === true)
      .map((status) => [textIn(status, 'v4Ip') ?? '', textIn(status, 'v4Eip') ?? '']),
  );
}

/** The same as NB has it. */
function programmed(): ReadonlyMap<string, string> {
  return new Map(
    [...controller.ovn.northbound.snapshot().table('NAT')].map((row) => [
      String(row['logical_ip']),
      String(row['external_ip']),
    ]),
  );
}

/** Waits until each of these addresses is ready, and sees that each has an address of its own, which is what NB has. */
async function expectAll(insides: readonly string[]): Promise<void> {
  let shown = await ready();
  const missing = async (): Promise<readonly string[]> => {
    shown = await ready();
    return insides.filter((each) => !shown.has(each));
  };
  await expect.poll(missing, { timeout: 90_000, interval: 100 }).toEqual([]);
  const inNb = programmed();
  expect(insides.map((each) => inNb.get(each))).toEqual(insides.map((each) => shown.get(each)));
  expect(new Set(insides.map((each) => shown.get(each))).size).toBe(insides.length);
}

const insideFrom = (first: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, place) => `192.168.0.${first + place}`);

test('many that are created at once are all ready, for few transactions and few writes each', async () => {
  const count = 100;
  const [before, transactionsBefore] = [{ ...calls }, transactions];
  const insides = insideFrom(20, count);
  await createAtOnce('burst', insides);
  await expectAll(insides);
  // Seven each: two finalizers with the address, the address in the EIP's status, two statuses and the labels on both.
  expect((calls.writes - before.writes) / count).toBeLessThan(8);
  expect((calls.writes - before.writes) / count).toBeGreaterThanOrEqual(4);
  // How many come in one depends on how fast the machine creates them: hundreds on a quiet one, few on one that is starved.
  expect(transactions - transactionsBefore).toBeLessThanOrEqual(count);
});

/** Waits until the API server goes by its new rules. */
async function untilThrottled(): Promise<void> {
  const asController = new Api({ kubeconfig: kube.kubeconfig(controllerUser) });
  const path = `${kubeOvn}/ovn-fips/web`;
  const patch = (): Promise<boolean> =>
    asController.call({ method: 'PATCH', path, patch: 'merge', body: {} }).then(
      () => false,
      (error: { readonly status?: number }) => error.status === 429,
    );
  await eventually(async () => (await Promise.all(Array.from({ length: 16 }, patch))).includes(true));
  await asController.close();
}

test('an API server that has no room for them is given time, and none is forgotten', async () => {
  const count = 20;
  await kube.apply(oneSeat('ovn-eips', 'ovn-fips', 'ovn-eips/status', 'ovn-fips/status'));
  await untilThrottled();
  const before = { ...calls };
  const insides = insideFrom(160, count);
  await createAtOnce('throttled', insides);
  await expectAll(insides);
  const refused = calls.refusedForNow - before.refusedForNow;
  expect(refused).toBeGreaterThan(0);
  // It writes less at a time then: asking for everything again and again would be refused more often than it is let pass.
  expect(refused).toBeLessThan(calls.writes - before.writes);
  await kubectl(kube, 'delete', 'flowschema,prioritylevelconfiguration', 'one-seat');
});
