import type { OwnKubeServer } from '@berth/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Bench } from '../../packages/engine/src/testing/bench.ts';
import { startFieldStory } from '../support/field-story.ts';
import { apply, get, kubectl } from '../support/kube-bench.ts';
import { openKubeController } from '../support/kube-controller.ts';

const distributed = '{"placement":"distributed"}';

let kube: OwnKubeServer;
let bench: Bench;
beforeAll(async () => {
  [kube, bench] = await startFieldStory();
});
afterAll(async () => {
  await kube[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

type Controller = Awaited<ReturnType<typeof openKubeController>>;

/** The port at whose chassis the address is answered; undefined at the gateway. */
function placeIn({ ovn }: Controller): string | undefined {
  const [row] = [...ovn.northbound.snapshot().table('NAT')];
  return row?.logical_port;
}

async function messageOf(kind: string, name: string): Promise<string> {
  return (await get(kube, kind, name)).status?.conditions?.[0].message ?? '';
}

async function liftsOf(name: string): Promise<readonly { readonly type: string; readonly note: string }[]> {
  const { items } = await get(kube, 'events.v1.events.k8s.io', '-A');
  return items.filter(
    (event: { readonly reason: string; readonly regarding: { readonly name: string } }) =>
      event.reason === 'KeepLifted' && event.regarding.name === name,
  );
}

async function keep(text: string): Promise<void> {
  await kubectl(kube, 'annotate', 'ovn-fip', 'web', '--overwrite', text);
}

test('what is kept stays through a slip, also for the next controller, and moves with a Warning once it is lifted', async () => {
  const spec = { ovnEip: 'web', ipName: 'web.default', type: 'centralized' };
  const metadata = { name: 'web', annotations: { 'berth.dev/keep': distributed } };
  await apply(kube, JSON.stringify({ apiVersion: 'kubeovn.io/v1', kind: 'OvnFip', metadata, spec }));
  {
    await using controller = await openKubeController(kube, bench);
    await controller.until(() => placeIn(controller) === 'web.default');
    await keep('berth.dev/keep={"placement":');
    await controller.until(async () => (await messageOf('ovn-fip', 'web')).includes('keeps what it kept'));
    await controller.settle();
    expect(placeIn(controller)).toBe('web.default');
  }
  await using controller = await openKubeController(kube, bench);
  await controller.settle();
  expect(placeIn(controller)).toBe('web.default');
  expect(await liftsOf('web')).toEqual([]);

  await keep('berth.dev/keep-');
  await controller.until(async () => (await liftsOf('web')).length > 0);
  await controller.settle();
  expect(placeIn(controller)).toBeUndefined();
  const [event, ...others] = await liftsOf('web');
  expect(others).toEqual([]);
  expect(event).toMatchObject({
    type: 'Warning',
    note: expect.stringMatching(
      /10\.9\.101\.9 moves from the node of web\.default \(vnode-103-176, distributed\) to the gateway \(vnode-\S+, centralized\)/,
    ),
  });
});

test('what cannot be kept is told on the object', async () => {
  await using controller = await openKubeController(kube, bench);
  await kubectl(kube, 'annotate', 'ovn-eip', 'web', `berth.dev/keep=${distributed}`);
  await kubectl(kube, 'annotate', 'vpc', 'vpc1', 'berth.dev/keep={"gateways":{"external0":["nobody"]}}');
  await controller.until(async () =>
    (await messageOf('ovn-eip', 'web')).includes('does not count on ovn-eip/web'),
  );
  await controller.until(async () =>
    (await messageOf('vpc', 'vpc1')).includes('names node/nobody, which is not there'),
  );
});
