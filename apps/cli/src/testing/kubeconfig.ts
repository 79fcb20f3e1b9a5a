import { writeFileSync } from 'node:fs';

/** Writes a kubeconfig for whoever has a token at an API server, which need not be one. */
export function writeKubeconfig(file: string, server: string): void {
  const clusters = [{ name: 'c', cluster: { server } }];
  const contexts = [{ name: 'c', context: { cluster: 'c', user: 'u' } }];
  const users = [{ name: 'u', user: { token: 't' } }];
  const config = { apiVersion: 'v1', kind: 'Config', clusters, contexts, users, 'current-context': 'c' };
  writeFileSync(file, JSON.stringify(config));
}
