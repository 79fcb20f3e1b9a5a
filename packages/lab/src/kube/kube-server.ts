import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { customResourceDefinition, definedKinds } from '@berth/api';
import { LabFault } from '../fault.ts';
import { applyManifests, type Caller, call, type Manifest } from './call.ts';
import { apiserverCommand, auditPolicy, etcdCommand, type KubePorts } from './commands.ts';
import { type KubeCredentials, type KubeUser, makeCredentials } from './credentials.ts';
import { freePorts } from './free-ports.ts';
import { kubeconfigText } from './kubeconfig.ts';
import type { KubePrograms } from './programs.ts';

/** The two processes of a control plane without nodes. */
export type KubeProcess = 'etcd' | 'kube-apiserver';

/** How processes of a control plane are started and ended; its standard output and error go to `log`. */
export type KubeLauncher = {
  start(name: KubeProcess, command: readonly string[], log: string): Promise<void>;
  /** Kills it at once (SIGKILL), if it runs. */
  kill(name: KubeProcess): Promise<void>;
};

export type KubeOptions = {
  readonly programs: KubePrograms;
  /** Holds data, certificates, logs and kubeconfigs; made if it is not there. */
  readonly folder: string;
  /** Users beside `admin`. */
  readonly users?: readonly Omit<KubeUser, 'token'>[];
  /** What is applied beside our CustomResourceDefinitions, roles for instance. */
  readonly manifests?: readonly Manifest[];
  /** Whether our CustomResourceDefinitions are installed; they are by default. */
  readonly definitions?: boolean;
};

/** A real kube-apiserver with its etcd. */
export type KubeServer = {
  readonly url: string;
  /** Of etcd, which also speaks JSON there (its gRPC gateway). */
  readonly etcdUrl: string;
  readonly folder: string;
  readonly credentials: KubeCredentials;
  /** The file of a user's kubeconfig. */
  kubeconfig(user?: string): string;
  /** Applies objects as the administrator. */
  apply(manifests: readonly Manifest[]): Promise<void>;
  /** Ends one of the two at once, as a crash does. */
  kill(name: KubeProcess): Promise<void>;
  /** Starts them again on the same data and ports, and waits until the API server is ready. */
  restart(...names: readonly KubeProcess[]): Promise<void>;
};

const administrator = { name: 'admin', groups: ['system:masters'] };

/** A cold start takes a few seconds; on a busy machine many. */
const startTimeoutMs = 180_000;

/** Starts etcd and kube-apiserver on loopback, with RBAC on, and resolves when they serve our kinds. */
export async function startKubeServer(options: KubeOptions, launcher: KubeLauncher): Promise<KubeServer> {
  const { programs, folder, users = [], manifests = [], definitions = true } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const credentials = await makeCredentials(folder, [administrator, ...users]);
  const [etcd = 0, etcdPeer = 0, apiserver = 0] = await freePorts(3);
  const ports: KubePorts = { etcd, etcdPeer, apiserver };
  await writeFile(join(folder, 'audit.json'), JSON.stringify(auditPolicy));
  const url = `https://127.0.0.1:${apiserver}`;
  for (const user of credentials.users) {
    await writeFile(kubeconfigFile(folder, user.name), kubeconfigText(url, credentials.ca, user), {
      mode: 0o600,
    });
  }
  const caller: Caller = { url, ca: credentials.ca, token: credentials.users[0]?.token ?? '' };
  const commands: Readonly<Record<KubeProcess, readonly string[]>> = {
    etcd: etcdCommand(programs, folder, ports),
    'kube-apiserver': apiserverCommand(programs, folder, ports, credentials),
  };
  const start = (name: KubeProcess): Promise<void> =>
    launcher.start(name, commands[name], join(folder, `${name}.log`));
  await start('etcd');
  await start('kube-apiserver');
  await untilReady(caller, folder);
  if (definitions) await installDefinitions(caller);
  await applyManifests(caller, manifests);
  return {
    url,
    etcdUrl: `http://127.0.0.1:${etcd}`,
    folder,
    credentials,
    kubeconfig: (user = administrator.name) => kubeconfigFile(folder, user),
    apply: (more) => applyManifests(caller, more),
    kill: (name) => launcher.kill(name),
    async restart(...names) {
      for (const name of names) await start(name);
      await untilReady(caller, folder);
    },
  };
}

function kubeconfigFile(folder: string, user: string): string {
  return join(folder, `${user.replace(/[^A-Za-z0-9.-]/g, '_')}.kubeconfig`);
}

/** Teaches the API server our kinds, and waits until it serves them. */
async function installDefinitions(caller: Caller): Promise<void> {
  const collection = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const objects = definedKinds.map(customResourceDefinition);
  await applyManifests(
    caller,
    objects.map((object) => ({ collection, object })),
  );
  const served = objects.map(
    ({ spec }) => `/apis/${spec.group}/${spec.versions[0]?.name}/${spec.names.plural}`,
  );
  const isServed = async (): Promise<boolean> => {
    const answers = await Promise.all(served.map((path) => call(caller, 'GET', `${path}?limit=1`)));
    return answers.every(({ status }) => status === 200);
  };
  await until(isServed, () => Promise.resolve('our kinds are not served'));
}

/** Also waits for the namespaces that every cluster has. */
async function untilReady(caller: Caller, folder: string): Promise<void> {
  const isReady = async (): Promise<boolean> => {
    const { status } = await call(caller, 'GET', '/readyz');
    if (status !== 200) return false;
    const found = await call(caller, 'GET', '/api/v1/namespaces/default');
    return found.status === 200;
  };
  await until(isReady, () => lastLines(folder));
}

async function until(condition: () => Promise<boolean>, why: () => Promise<string>): Promise<void> {
  const deadlineMs = Date.now() + startTimeoutMs;
  while (!(await condition().catch(() => false))) {
    if (Date.now() > deadlineMs) {
      throw new LabFault(
        'lab-timed-out',
        `kube-apiserver did not get ready: ${await why()}`,
        'look at its log',
      );
    }
    await sleep(100);
  }
}

async function lastLines(folder: string): Promise<string> {
  const logs = ['etcd.log', 'kube-apiserver.log'].map((name) =>
    readFile(join(folder, name), 'utf8').catch(() => ''),
  );
  return (await Promise.all(logs)).map((text) => text.trim().split('\n').slice(-3).join('\n')).join('\n');
}
