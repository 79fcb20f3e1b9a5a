import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Metadata, NodeOrder, ResourceSet } from '@berth/api';
import { connectOvn, type PassInput, type PassResult, pass, takeOver } from '@berth/engine';
import { type LabKubeOptions, type OwnKubeServer, requireKubePrograms, startOwnKubeServer } from '@berth/lab';
import type { HeldSource } from '@berth/source';
import {
  agentAdmission,
  agentGrants,
  controllerGrants,
  holdCluster,
  type KubeObserver,
  KubeReader,
  type KubeReaderOptions,
} from '@berth/source/kube';
import { expect } from 'vitest';
import type { Bench } from '../../packages/engine/src/testing/bench.ts';

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

/** A controller of a cluster that passes when it is told to. */
export type KubeController = AsyncDisposable &
  PassInput & {
    readonly source: HeldSource;
    /** One pass; throws what was refused in it. */
    pass(): Promise<PassResult>;
    /** Passes until one has nothing to do. */
    settle(): Promise<PassResult>;
    /** Passes again and again until something holds. */
    until(condition: () => boolean | Promise<boolean>, meanwhile?: string): Promise<void>;
    /** Passes until one fails, with a fault like this. */
    fails(fault: object): Promise<void>;
    /** Waits until a listing shows something, without a pass. */
    seen(condition: (resources: ResourceSet) => boolean): Promise<void>;
  };

let candidates = 0;

/** A server that is started anew on a busy machine is away for longer than a controller would go on without it. */
const leaseTimes = { durationSeconds: 120, renewWithinMs: 90_000, retryMs: 200 };

/** Opens a controller on a real cluster and the databases of a bench. */
export async function openKubeController(
  kube: OwnKubeServer,
  { nb, sb }: Pick<Bench, 'nb' | 'sb'>,
  options: {
    readonly observe?: KubeObserver;
    readonly defaultExternalSubnet?: string;
    /** Of the controller; by default the one that the API server wrote. */
    readonly kubeconfig?: string;
    readonly times?: KubeReaderOptions['times'];
  } = {},
): Promise<KubeController> {
  await using stack = new AsyncDisposableStack();
  candidates += 1;
  const reader = stack.use(
    new KubeReader({
      kubeconfig: options.kubeconfig ?? kube.kubeconfig(controllerUser),
      times: { longestDelayMs: 500, ...options.times },
      observe: options.observe,
    }),
  );
  const held = { lease: { ...lease, identity: `controller-${candidates}`, times: leaseTimes } };
  const source = stack.use(await holdCluster(reader, held, AbortSignal.timeout(120_000)));
  const ovn = stack.use(await connectOvn({ nb: nb.remote, sb: sb.remote }));
  const fence = await takeOver(source, ovn, { instance: 'default' });
  const opened = stack.move();
  const input: PassInput = {
    source,
    ovn,
    fence,
    settings: { instance: 'default', defaultExternalSubnet: options.defaultExternalSubnet ?? 'external' },
    now: () => `${new Date().toISOString().slice(0, 19)}Z`,
  };
  const passOnce = async (): Promise<PassResult> => {
    const result = await pass(input);
    if (result.refusal) throw result.refusal;
    return result;
  };
  return {
    ...input,
    source,
    pass: passOnce,
    settle: () => settle(passOnce),
    until: (condition, meanwhile) => until(condition, passOnce, meanwhile),
    fails: async (expected) => {
      let fault: unknown;
      const failed = () =>
        passOnce().then(
          () => false,
          (thrown: unknown) => {
            fault = thrown;
            return !passing.includes(codeOf(thrown));
          },
        );
      await eventually(failed);
      expect(fault).toMatchObject(expected);
    },
    seen: (condition) => eventually(async () => condition((await source.list()).resources)),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function settle(passOnce: () => Promise<PassResult>): Promise<PassResult> {
  for (let passes = 0; passes < 20; passes++) {
    const result = await passed(passOnce);
    if (result.written.changes === 0 && result.statusWrites === 0) return result;
  }
  throw new Error('the passes do not come to rest');
}

/** The next pass that does not fail with a fault that another pass cures. */
async function passed(passOnce: () => Promise<PassResult>): Promise<PassResult> {
  let result: PassResult | undefined;
  let last: unknown;
  await eventually(
    async () => {
      result = await passOnce().catch((fault: unknown) => {
        last = fault;
        return retried(fault);
      });
      return result !== undefined;
    },
    () => last,
  );
  if (!result) throw new Error('no pass');
  return result;
}

/** Passes until something holds; a fault of the code `meanwhile` may come up before. */
function until(
  condition: () => boolean | Promise<boolean>,
  passOnce: () => Promise<PassResult>,
  meanwhile = 'stale-write',
): Promise<void> {
  let last: unknown = 'no fault';
  const passed = async (): Promise<boolean> => {
    await passOnce().catch((fault: unknown) => {
      last = fault;
      return retried(fault, meanwhile);
    });
    return condition();
  };
  return eventually(passed, () => last);
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

/** Codes of faults that come and go while something changes, or while the API server starts. */
const passing: readonly unknown[] = ['stale-write', 'cluster-unreachable', 'cluster-busy'];

function codeOf(fault: unknown): unknown {
  return fault instanceof Error && 'code' in fault ? fault.code : undefined;
}

/** A fault that another pass cures. */
function retried(fault: unknown, meanwhile = 'stale-write'): undefined {
  const code = codeOf(fault);
  if (passing.includes(code) || code === meanwhile) return undefined;
  throw fault;
}
