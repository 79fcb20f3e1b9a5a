import { join } from 'node:path';
import type { KubeCredentials } from './credentials.ts';
import type { KubePrograms } from './programs.ts';

/** Ports of loopback that a control plane listens on. */
export type KubePorts = { readonly etcd: number; readonly etcdPeer: number; readonly apiserver: number };

/** etcd with its data in `folder`. What it holds is gone with the lab, so it need not reach the disk. */
export function etcdCommand({ etcd }: KubePrograms, folder: string, ports: KubePorts): readonly string[] {
  const client = `http://127.0.0.1:${ports.etcd}`;
  const peer = `http://127.0.0.1:${ports.etcdPeer}`;
  return [
    etcd,
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
}

/**
 * kube-apiserver with RBAC on, and privileged pods as every installer of clusters allows them. No controller manager makes service accounts here, so the admission plugin that asks
 * for them is off; all others are Kubernetes' defaults. Every request is in `audit.log`.
 */
export function apiserverCommand(
  { apiserver }: KubePrograms,
  folder: string,
  ports: KubePorts,
  credentials: KubeCredentials,
): readonly string[] {
  return [
    apiserver,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${ports.apiserver}`,
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    `--tls-cert-file=${credentials.certificateFile}`,
    `--tls-private-key-file=${credentials.privateKeyFile}`,
    `--token-auth-file=${credentials.tokenFile}`,
    '--authorization-mode=RBAC',
    '--allow-privileged=true',
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${credentials.serviceAccountKeyFile}`,
    `--service-account-signing-key-file=${credentials.serviceAccountKeyFile}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--disable-admission-plugins=ServiceAccount',
    '--endpoint-reconciler-type=none',
    `--audit-policy-file=${join(folder, 'audit.json')}`,
    `--audit-log-path=${join(folder, 'audit.log')}`,
    '--v=0',
  ];
}

/** Who did what, without the contents. */
export const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
};
