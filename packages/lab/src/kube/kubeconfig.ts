import type { KubeUser } from './credentials.ts';

/** A kubeconfig for one user of a lab's API server; JSON is YAML. */
export function kubeconfigText(url: string, ca: string, { name, token }: KubeUser): string {
  const cluster = 'berth-lab';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: cluster,
        cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
      },
    ],
    users: [{ name, user: { token } }],
    contexts: [{ name: cluster, context: { cluster, user: name } }],
    'current-context': cluster,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
