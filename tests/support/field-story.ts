import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OwnKubeServer } from '@berth/lab';
import { type Bench, startBench } from '../../packages/engine/src/testing/bench.ts';
import { apply, type KubeAccess, kubectl, startKube } from './kube-bench.ts';

/** The folder of the field story. */
export const example = join(import.meta.dirname, '../../examples/01-field-story');

/** The nodes of the field story: the workload's, and the two gateways. */
export const nodes = ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'];

/** The address of its floating IP. */
export const floatingIp = '10.9.101.9';

/** The floating IP of the story, to one of its pods, by way of the pod's node or of a gateway. */
export function floatingIpText(ipName: string, type: 'centralized' | 'distributed'): string {
  return `apiVersion: kubeovn.io/v1
kind: OvnEip
metadata: { name: web }
spec: { externalSubnet: external0, v4Ip: ${floatingIp}, type: nat }
---
apiVersion: kubeovn.io/v1
kind: OvnFip
metadata: { name: web }
spec: { ovnEip: web, ipName: ${ipName}, type: ${type} }
`;
}

/** A real API server, and real databases of an OVN that has the story's nodes for chassis. */
export async function startStory(): Promise<[OwnKubeServer, Bench]> {
  return await Promise.all([startKube(), startBench(example, nodes, 'external0')]);
}

/** The same with the objects of the story in the cluster. */
export async function startFieldStory(): Promise<[OwnKubeServer, Bench]> {
  const [kube, bench] = await startStory();
  await kubectl(kube, 'apply', '--server-side', '-f', example);
  return [kube, bench];
}

/** Applies files of the story, one after the other. */
export async function applyFiles(kube: KubeAccess, ...names: readonly string[]): Promise<void> {
  for (const name of names) await apply(kube, await readFile(join(example, name), 'utf8'));
}
