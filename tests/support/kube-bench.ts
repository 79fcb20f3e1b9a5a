import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Metadata, NodeOrder } from '@berth/api';
import { type LabKubeOptions, type OwnKubeServer, requireKubePrograms, startOwnKubeServer } from '@berth/lab';
import { agentAdmission, agentGrants, controllerGrants, type KubeObserver } from '@berth/source/kube';

const run = promisify(execFile);

/** Who the controllers of tests are, and the Lease they hold. */
export const controllerUser = 'berth-controller';
export const lease = { namespace: 'kube-system', name: 'berth-controller' } as const;

export const agentGroup = 'berth:agents';
export const agentUserPrefix = 'berth-agent:';

/** Who the agent of a node is in tests. */
export function agentUser(node: string): string {
  return `${agentUserPrefix}${node}`;
}

/**
 * A real API server with our kinds, the grants of the controller and of the agents of some nodes, and nothing more; without
 * kinds or grants when told so.
 */
export async function startKube({
  nodes = [],
  ...options
}: {
  readonly definitions?: boolean;
  readonly nodes?: readonly string[];
  readonly manifests?: readonly [];
} = {}): Promise<OwnKubeServer> {
  const programs = requireKubePrograms(process.env);
  const kube = await startOwnKubeServer({ programs, ...usersAndGrants(nodes), ...options });
  if (options.manifests) return kube;
  await untilMay(kube, controllerUser, true, 'list', 'pods');
  for (const node of nodes)
    await untilMay(kube, agentUser(node), true, 'patch', `nodereports.gateway.berth.dev/${node}`);
  return kube;
}

/** Waits until the API server goes by grants that were given or taken: it learns of them a moment after they are stored. */
export async function untilMay(
  kube: Pick<KubeAccess, 'kubeconfig'>,
  user: string,
  isAllowed: boolean,
  ...right: readonly string[]
): Promise<void> {
  const groups = user === controllerUser ? [] : [`--as-group=${agentGroup}`];
  const may = (): Promise<boolean> =>
    kubectl(kube, 'auth', 'can-i', ...right, `--as=${user}`, ...groups).then(
      () => true,
      () => false,
    );
  await eventually(async () => (await may()) === isAllowed);
}

/** The controller and the agents of some nodes, and what they may do; agents of the usual kind by default. */
export function usersAndGrants(
  nodes: readonly string[],
  rules?: Parameters<typeof agentGrants>[1],
): Required<Omit<LabKubeOptions, 'webhooks'>> {
  const agents = nodes.map((node) => ({ name: agentUser(node), groups: [agentGroup] }));
  return {
    users: [{ name: controllerUser, groups: [] }, ...agents],
    manifests: [
      ...controllerGrants(controllerUser, lease),
      ...agentGrants({ kind: 'Group', name: agentGroup }, rules),
      ...agentAdmission({ userPrefix: agentUserPrefix }),
    ],
  };
}

/** What is needed of an API server to talk to it by kubectl. */
export type KubeAccess = Pick<OwnKubeServer, 'folder'> & { kubeconfig(): string };

/** Metadata of an object of no namespace, as a user writes it. */
export function metadataOf(name: string): Metadata {
  return { name, generation: 1, labels: {}, annotations: {}, finalizers: [], ownerReferences: [] };
}

/** The order for a node that has nothing to do, but for what is given. */
export function nodeOrder(node: string, revision: string, more: Partial<NodeOrder['spec']> = {}): NodeOrder {
  const spec = { epoch: 1, revision, probes: [], addresses: [], witnesses: [], fences: [], ...more };
  return { apiVersion: 'gateway.berth.dev/v1alpha1', kind: 'NodeOrder', metadata: metadataOf(node), spec };
}

/** kubectl as the administrator; gives what it prints. */
export async function kubectl(
  kube: Pick<KubeAccess, 'kubeconfig'>,
  ...words: readonly string[]
): Promise<string> {
  const { kubectl: program } = requireKubePrograms(process.env);
  if (program === undefined) throw new Error('there is no kubectl');
  const { stdout } = await run(program, ['--kubeconfig', kube.kubeconfig(), ...words], {
    maxBuffer: 2 ** 26,
  });
  return stdout;
}

/** kubectl get -o json. */
export async function get(kube: Pick<KubeAccess, 'kubeconfig'>, ...words: readonly string[]) {
  return JSON.parse(await kubectl(kube, 'get', ...words, '-o', 'json'));
}

/** Applies YAML as a user does. */
export async function apply(kube: KubeAccess, yaml: string): Promise<void> {
  const file = join(kube.folder, 'apply.yaml');
  await writeFile(file, yaml);
  await kubectl(kube, 'apply', '--server-side', '-f', file);
}

/** Applies objects at once, as a user does. */
export function applyObjects(kube: KubeAccess, ...items: readonly object[]): Promise<void> {
  return apply(kube, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
}

/** Waits until something holds; `cause` says what stood in the way when it does not. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  cause?: () => unknown,
): Promise<void> {
  const deadlineMs = Date.now() + 120_000;
  while (!(await condition())) {
    if (Date.now() > deadlineMs) throw new Error(`did not come about: ${condition}`, { cause: cause?.() });
    await sleep(20);
  }
}

/** Keeps the calls of a source. */
export function callCounter(): {
  readonly observe: KubeObserver;
  writes(): readonly string[];
  clear(): void;
} {
  const calls: string[] = [];
  return {
    observe: {
      called: ({ method, path, status }) => {
        if (method !== 'GET') calls.push(`${method} ${path} ${status}`);
      },
    },
    writes: () => calls,
    clear: () => {
      calls.length = 0;
    },
  };
}
