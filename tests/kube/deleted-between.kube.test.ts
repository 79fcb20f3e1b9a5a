import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type OwnKubeServer, requireKubePrograms } from '@berth/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Bench } from '../../packages/engine/src/testing/bench.ts';
import { example, startFieldStory } from '../support/field-story.ts';
import { get, kubectl } from '../support/kube-bench.ts';
import { type KubeController, openKubeController } from '../support/kube-controller.ts';

const floatingIp = join(example, '05-floating-ip.yaml');

let kube: OwnKubeServer;
let bench: Bench;
let controller: KubeController;
/** Called when one of our writes to the EIP or the floating IP was answered, before anything else is done. */
let afterWrite: () => void = () => undefined;

beforeAll(async () => {
  [kube, bench] = await startFieldStory();
  controller = await openKubeController(kube, bench, {
    observe: {
      called: ({ method, path, status }) => {
        if (method !== 'GET' && status < 300 && /\/ovn-(eips|fips)\/web(\/|$)/.test(path)) afterWrite();
      },
    },
  });
  await controller.settle();
});
afterAll(async () => {
  await controller?.[Symbol.asyncDispose]();
  await kube[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

/** Deletes before anything else can happen in this process. */
function deleteNow(victim: string): void {
  const { kubectl: program = '' } = requireKubePrograms(process.env);
  const words = ['--kubeconfig', kube.kubeconfig(), 'delete', victim, 'web', '--wait=false'];
  execFileSync(program, [...words, '--ignore-not-found'], { stdio: 'ignore' });
}

async function left(): Promise<readonly string[]> {
  const { items } = await get(kube, 'ovn-eips,ovn-fips');
  return items
    .filter(({ metadata }: { metadata: { name: string } }) => metadata.name === 'web')
    .map(({ kind }: { kind: string }) => kind)
    .sort();
}

function rows(): readonly string[] {
  return [...controller.ovn.northbound.snapshot().table('NAT')].map((row) => String(row['external_ip']));
}

/** Everything is made, with the victim deleted right after one of our writes. Gives how many writes there were. */
async function make(victim: string, point: number): Promise<number> {
  let writes = 0;
  afterWrite = () => {
    writes += 1;
    if (writes === point) deleteNow(victim);
  };
  await kubectl(kube, 'apply', '--server-side', '-f', floatingIp);
  await controller.seen(({ OvnFip }) => OvnFip.some(({ metadata }) => metadata.name === 'web'));
  await controller.settle();
  return writes;
}

/** The user takes away what is left of both. */
async function clean(): Promise<void> {
  afterWrite = () => undefined;
  await kubectl(kube, 'delete', '-f', floatingIp, '--wait=false', '--ignore-not-found');
  await controller.until(async () => (await left()).length === 0);
  await controller.settle();
}

test.each(['ovn-fip', 'ovn-eip'])(
  'whichever of our writes came last before the user deleted the %s, nothing is left of it, and it can be made again',
  async (victim) => {
    await clean();
    const writes = await make(victim, Number.POSITIVE_INFINITY);
    expect(writes).toBeGreaterThan(4);
    for (let point = 1; point <= writes; point++) {
      const when = `deleted after write ${point} of ${writes}`;
      expect(rows(), when).toEqual(['10.9.101.9']);
      await clean();
      expect(rows(), when).toEqual([]);
      await make(victim, point);
      // An EIP that a floating IP uses waits for it; one that did not have our finalizer yet is gone.
      const isAsDeleted = async (): Promise<boolean> =>
        victim === 'ovn-fip' ? !(await left()).includes('OvnFip') : (await left()).includes('OvnFip');
      await controller.until(isAsDeleted);
      await controller.settle();
      const isProgrammed = (await left()).length === 2;
      expect(rows(), when).toEqual(isProgrammed ? ['10.9.101.9'] : []);
      if (victim === 'ovn-fip') expect(isProgrammed, when).toBe(false);
      await clean();
      expect(rows(), when).toEqual([]);
      await make(victim, Number.POSITIVE_INFINITY);
    }
  },
  240_000,
);
