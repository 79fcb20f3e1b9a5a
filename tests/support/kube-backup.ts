import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { OwnKubeServer } from '@berth/lab';

/** Keeps what an API server has stored by now, in the place of what was kept before. It is away meanwhile. */
export async function backUp(kube: OwnKubeServer): Promise<void> {
  const { data, backup } = foldersOf(kube);
  await stopServers(kube);
  await rm(backup, { recursive: true, force: true });
  await cp(data, backup, { recursive: true });
  await kube.restart('etcd', 'kube-apiserver');
}

/** Puts back what was kept. */
export async function restore(kube: OwnKubeServer): Promise<void> {
  const { data, backup } = foldersOf(kube);
  await stopServers(kube);
  await rm(data, { recursive: true });
  await cp(backup, data, { recursive: true });
  await kube.restart('etcd', 'kube-apiserver');
}

function foldersOf({ folder }: OwnKubeServer) {
  const data = join(folder, 'etcd');
  return { data, backup: `${data}.backup` };
}

async function stopServers(kube: OwnKubeServer): Promise<void> {
  await kube.kill('kube-apiserver');
  await kube.kill('etcd');
}
