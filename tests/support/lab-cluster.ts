import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { type Lab, labUp, type ProbeFlow, Prober, type TcpOptions, tcpEcho } from '@berth/lab';
import { applyObjects, eventually, get, type KubeAccess, kubectl, usersAndGrants } from './kube-bench.ts';
import type { Written } from './kube-objects.ts';
import { endProgram, startRun } from './run-program.ts';

/** A lab with an API server on which `berth run --kube` works, seen by the test that made it alone. */
export type LabCluster = AsyncDisposable & {
  readonly lab: Lab;
  /** kubectl as the administrator. */
  kubectl(...words: readonly string[]): Promise<string>;
  apply(...objects: readonly Written[]): Promise<void>;
  /** Deletes objects and waits until they are gone. */
  remove(...objects: readonly string[]): Promise<void>;
  /** An object as `KIND/NAME`. */
  get(object: string): ReturnType<typeof get>;
  /** Waits until each of these shows that it is ready. */
  ready(...objects: readonly string[]): Promise<void>;
  /** What ovn-nbctl prints, by lines, each with single blanks. */
  nb(...words: readonly string[]): Promise<readonly string[]>;
  /** What a command prints in a place of the lab, trimmed. Throws when it fails. */
  at(where: string, ...argv: readonly string[]): Promise<string>;
  /** Waits until every ping of every flow, written `FROM TO`, is answered. */
  answered(flows: readonly string[]): Promise<void>;
  /** Waits until no ping of any flow is answered. */
  unanswered(flows: readonly string[]): Promise<void>;
  /** The address of the client as the server sees it, or why there is none. */
  peerOf(connection: Omit<TcpOptions, 'bytes'>): Promise<string>;
};

/** Starts lab, API server and controller. */
export async function startLabCluster(name: string, nodes: readonly string[]): Promise<LabCluster> {
  await using stack = new AsyncDisposableStack();
  // The path is short, as the lab's sockets need it.
  const scratch = mkdtempSync(path.join(tmpdir(), 'bl-'));
  stack.defer(() => rmSync(scratch, { recursive: true, force: true }));
  const previous = process.env['XDG_RUNTIME_DIR'];
  process.env['XDG_RUNTIME_DIR'] = scratch;
  const lab = stack.use(await labUp({ name, nodes, attached: true, kube: usersAndGrants(nodes) }));
  if (previous === undefined) delete process.env['XDG_RUNTIME_DIR'];
  else process.env['XDG_RUNTIME_DIR'] = previous;
  const admin = lab.kube?.kubeconfigs['admin'] ?? '';
  const kube: KubeAccess = { folder: scratch, kubeconfig: () => admin };
  const prober = stack.use(new Prober(lab));
  stack.use(startController(scratch));
  const held = stack.move();
  const reached = async (flows: readonly string[]): Promise<readonly string[]> => {
    const burst = await prober.burst({ flows: flows.map(flowOf), count: 2, waitMs: 1_000 });
    return flows.filter((key) => burst.flows.get(key)?.received === 2);
  };
  const missing = async (objects: readonly string[]): Promise<readonly string[]> => {
    const found = await Promise.all(objects.map((object) => readiness(kube, object)));
    return objects.flatMap((object, place) => (found[place] === true ? [] : `${object} (${found[place]})`));
  };
  return {
    lab,
    kubectl: (...words) => kubectl(kube, ...words),
    apply: (...items) => applyObjects(kube, ...items),
    remove: async (...objects) => void (await kubectl(kube, 'delete', '--timeout=120s', ...objects)),
    get: (object) => get(kube, object),
    ready: (...objects) => untilEmpty('not ready', () => missing(objects)),
    nb: async (...words) => linesOf(await at(lab, 'central', ['ovn-nbctl', ...words])),
    at: (where, ...argv) => at(lab, where, argv),
    answered: (flows) =>
      untilEmpty('without an answer', async () => {
        const answers = await reached(flows);
        return flows.filter((flow) => !answers.includes(flow));
      }),
    unanswered: (flows) => untilEmpty('still answered', () => reached(flows)),
    peerOf: async (connection) => {
      const result = await tcpEcho(lab, { timeoutMs: 30_000, ...connection, bytes: 1 });
      return result.kind === 'echoed' ? result.peer : result.reason;
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** `berth run --kube` on the only lab there is. */
function startController(scratch: string): AsyncDisposable {
  const env = {
    PATH: process.env['PATH'],
    HOME: scratch,
    XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'),
    XDG_RUNTIME_DIR: scratch,
    XDG_STATE_HOME: scratch,
  };
  const { child } = startRun(['--kube'], env);
  return { [Symbol.asyncDispose]: async () => void (await endProgram(child)) };
}

/** True for an object whose condition Ready holds, else what the condition says. */
async function readiness(kube: KubeAccess, object: string): Promise<unknown> {
  const { status } = await get(kube, object).catch(() => ({}) as Awaited<ReturnType<typeof get>>);
  const ready = status?.conditions?.find(({ type }: { type: string }) => type === 'Ready');
  return ready?.status === 'True' || (ready?.message ?? 'no condition');
}

async function at(lab: Lab, where: string, argv: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await lab.exec(where, argv);
  if (exitCode !== 0) throw new Error(`${where}: ${argv.join(' ')}: exit code ${exitCode}: ${stderr}`);
  return stdout.trim();
}

function flowOf(key: string): ProbeFlow {
  const [from = '', to = ''] = key.split(' ');
  return { key, from, to };
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => line.trim().replaceAll(/\s+/g, ' ') || []);
}

/** Waits until nothing is left of something. */
async function untilEmpty(what: string, look: () => Promise<readonly string[]>): Promise<void> {
  let left: readonly string[] = [];
  await eventually(
    async () => {
      left = await look();
      return left.length === 0;
    },
    () => `${what}: ${left.join(', ')}`,
  );
}
