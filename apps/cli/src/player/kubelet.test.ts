import type { Pod } from '@berth/api';
import { expect, test } from 'vitest';
import { leaving, playKubelet } from './kubelet.ts';

function pod(name: string, nodeName: string | undefined, deletionTimestamp?: string): Pod {
  const meta = { generation: 1, labels: {}, annotations: {}, finalizers: [], ownerReferences: [] };
  return {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: { name, namespace: 'default', ...meta, ...(deletionTimestamp && { deletionTimestamp }) },
    spec: nodeName === undefined ? {} : { nodeName },
  };
}

const soon = '2026-01-01T00:00:00Z';
const pods = [
  pod('stays', 'node-1'),
  pod('goes', 'node-1', soon),
  pod('dead', 'node-2', soon),
  pod('abroad', 'elsewhere', soon),
  pod('nowhere', undefined, soon),
];

test('a pod on its way out goes where its node’s kubelet is heard, and where no kubelet will ever be', () => {
  const named = (...failures: Parameters<typeof leaving>[2]) =>
    leaving(pods, ['node-1', 'node-2'], failures).map(({ metadata }) => metadata.name);
  expect(named()).toEqual(['goes', 'dead', 'abroad', 'nowhere']);
  for (const kind of ['host', 'notready', 'control'] as const)
    expect(named({ kind, node: 'node-2' })).toEqual(['goes', 'abroad', 'nowhere']);
  expect(named({ kind: 'uplink', node: 'node-2' })).toEqual(['goes', 'dead', 'abroad', 'nowhere']);
});

test('a lab is asked as the object that it is', async () => {
  class OneLab {
    readonly #failures: readonly [] = [];
    readonly nodeNames = ['n1'];
    failures(): [] {
      return [...this.#failures] as [];
    }
  }
  const kubelet = playKubelet(new OneLab(), { kubeconfig: '/nowhere', context: undefined }, () => {});
  await expect(kubelet.end({ Pod: [] })).resolves.toBeUndefined();
});
