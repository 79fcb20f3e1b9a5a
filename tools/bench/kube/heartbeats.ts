import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { kubeAgentBoard } from '@berth/source/kube';
import { type ReportContent, Reporter } from '../../../packages/node/src/sentry/reporter.ts';
import { agentUserPrefix, type Field, nodeNames } from './field.ts';
import { writesBetween } from './tally.ts';

/** What signs of life of so many agents cost the API server. */
export type Heartbeats = {
  /** How often each agent is ordered to give one, in ms. */
  readonly heartbeatMs: number;
  readonly writesPerSecond: number;
  /** On the wire, TLS and the watch of the node's order included, per write. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
};

/** Agents that report as nodes at rest do, for `seconds`, and go by the orders that a controller leaves them. */
export async function runAgents(field: Field, count: number, seconds: number): Promise<Heartbeats> {
  await using meter = await startMeter(new URL(field.kube.url).port);
  await using agents = new AsyncDisposableStack();
  const nodes = nodeNames(count);
  const started = await Promise.all(nodes.map((node) => startAgent(field, meter.port, node, nodes)));
  for (const each of started) agents.use(each);
  await sleep(10_000);
  const heartbeatMs = Math.max(...(await Promise.all(started.map((each) => each.heartbeatMs()))));
  const [startMs, sent, received] = [Date.now(), meter.sent(), meter.received()];
  // All began within a second, so they beat together: a window that cuts a round would count one too many or too few.
  await sleep(Math.ceil((seconds * 1_000) / heartbeatMs) * heartbeatMs);
  const endMs = Date.now();
  const bytes = { sent: meter.sent() - sent, received: meter.received() - received };
  // Not what came while the log was being read.
  const apiWrites = await writesBetween(field, agentUserPrefix, startMs, endMs);
  return {
    heartbeatMs,
    writesPerSecond: (apiWrites * 1_000) / (endMs - startMs),
    bytesSent: bytes.sent / apiWrites,
    bytesReceived: bytes.received / apiWrites,
  };
}

/** The part of an agent that reports, at the rate of its order. */
async function startAgent({ kube }: Field, port: number, node: string, nodes: readonly string[]) {
  const user = `${agentUserPrefix}${node}`;
  const kubeconfig = join(kube.folder, `metered-${node}.kubeconfig`);
  const text = await readFile(kube.kubeconfig(user), 'utf8');
  await writeFile(kubeconfig, text.replaceAll(kube.url, `https://127.0.0.1:${port}`), { mode: 0o600 });
  const board = kubeAgentBoard({ kubeconfig, node });
  const reporter = new Reporter({
    ...{ node, agent: crypto.randomUUID(), board, rivalPatienceMs: 15_000 },
    now: () => new Date().toISOString(),
    onFault: (fault) => console.error(`  the agent of ${node}:`, String(fault)),
    onRival: () => undefined,
  });
  const order = async () => (await board.order())?.spec;
  let ticks = 0;
  const turn = async (): Promise<void> => {
    const spec = await order();
    const everyMs = spec?.heartbeatMs ?? 1_000;
    reporter.tell(contentOf(node, nodes, spec));
    ticks += 1;
    if (ticks % (everyMs / 1_000) === 0) reporter.beat();
  };
  await sleep(Math.random() * 1_000);
  const heart = setInterval(() => void turn(), 1_000);
  return {
    heartbeatMs: async () => (await order())?.heartbeatMs ?? 1_000,
    async [Symbol.asyncDispose]() {
      clearInterval(heart);
      await reporter.close();
      await board[Symbol.asyncDispose]();
    },
  };
}

type Spec = { readonly epoch: number; readonly revision: string; readonly heartbeatMs?: number | undefined };

/** BFD runs on tunnels that have a gateway at one end: the first two nodes have one to every node. */
function contentOf(node: string, nodes: readonly string[], order: Spec | undefined): ReportContent {
  const gateways = nodes.slice(0, 2);
  const peers = (gateways.includes(node) ? nodes : gateways).filter((each) => each !== node);
  return {
    ...(order?.heartbeatMs !== undefined && { heartbeatMs: order.heartbeatMs }),
    chassis: `chassis-${node}`,
    ovnController: { running: true, connected: true, flowsInstalled: true },
    uplinks: [{ network: 'external0', state: 'Up', carrier: true, answers: true }],
    tunnels: peers.map((peer) => ({ chassis: `chassis-${peer}`, up: true })),
    ...(order && { orderEpoch: order.epoch, orderRevision: order.revision }),
  };
}

/** Passes connections on to a port of loopback, and counts their bytes. */
async function startMeter(to: string) {
  let [sent, received] = [0, 0];
  const server = createServer((near) => {
    const far = connect(Number(to), '127.0.0.1');
    near.on('data', (bytes) => {
      sent += bytes.length;
    });
    far.on('data', (bytes) => {
      received += bytes.length;
    });
    near.pipe(far).pipe(near);
    const end = (): void => {
      near.destroy();
      far.destroy();
    };
    for (const each of [near, far]) each.on('error', end).on('close', end);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    sent: () => sent,
    received: () => received,
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}
