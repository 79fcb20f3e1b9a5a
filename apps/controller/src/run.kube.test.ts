import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NodeReport } from '@berth/api';
import type { OwnKubeServer } from '@berth/lab';
import { openDatabase } from '@berth/ovsdb';
import { type OvsdbServer, startOvsdbServer, startRotation } from '@berth/ovsdb/testing';
import { kubeAgentBoard } from '@berth/source/kube';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bench, startBench } from '../../../packages/engine/src/testing/bench.ts';
import {
  agentUser,
  apply,
  controllerUser,
  eventually,
  get,
  kubectl,
  lease,
  startKube,
} from '../../../tests/support/kube-bench.ts';
import { programFile } from '../../../tests/support/programs.ts';
import { readFlags, type Settings } from './flags.ts';
import { runController } from './run.ts';

const root = join(import.meta.dirname, '../../..');
const example = join(root, 'examples/01-field-story');
const nodes = ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'];

let kube: OwnKubeServer;
let bench: Bench;
beforeAll(async () => {
  [kube, bench] = await Promise.all([startKube({ nodes }), startBench(example, nodes, 'external0')]);
});
afterAll(async () => {
  await kube[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

function words(identity: string, databases = ['--nb', bench.nb.remote, '--sb', bench.sb.remote]) {
  const kubeconfig = kube.kubeconfig(controllerUser);
  return [...['--kubeconfig', kubeconfig, '--listen', '127.0.0.1:0', '--identity', identity], ...databases];
}

/** A controller of this process. */
function start(
  identity: string,
  { databases, onLine }: { databases?: string[]; onLine?: (line: string) => void } = {},
) {
  const settings: Settings = readFlags(words(identity, databases), {
    out: () => undefined,
    err: () => undefined,
  });
  const stop = new AbortController();
  const { promise: url, resolve } = Promise.withResolvers<string>();
  const running = runController(settings, {
    log: onLine ? pino({}, { write: onLine }) : pino({ level: 'silent' }),
    signal: stop.signal,
    onServing: resolve,
  });
  return {
    async read(path: string): Promise<{ readonly status: number; readonly text: string }> {
      const answer = await fetch(`${await url}${path}`);
      return { status: answer.status, text: await answer.text() };
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

async function holder(): Promise<string> {
  return (await get(kube, '-n', lease.namespace, 'lease', lease.name)).spec.holderIdentity;
}

describe('a controller', () => {
  test('programs what is applied, is ready, and tells in metrics what it does', async () => {
    await using controller = start('one');
    await kubectl(kube, 'apply', '--server-side', '-f', example);
    await eventually(async () => (await get(kube, 'ovn-fip', 'web')).status?.v4Eip === '10.9.101.9');
    await eventually(async () => (await controller.read('/readyz')).status === 200);
    expect(await controller.read('/readyz')).toMatchObject({
      text: '[+]caches ok\n[+]watches ok\n[+]lease ok\n[+]passes ok\n[+]rights ok\n',
    });
    expect(await controller.read('/healthz')).toEqual({ status: 200, text: 'ok\n' });
    expect((await controller.read('/secret')).status).toBe(404);
    // What is stored of the floating IP is read with the pass after the one that stored it.
    const told = 'berth_objects{kind="OvnFip",ready="false"} 1';
    await eventually(async () => (await controller.read('/metrics')).text.includes(told));
    const { text } = await controller.read('/metrics');
    const lines = text.split('\n');
    expect(lines).toContain('berth_leader 1');
    expect(lines).toContain('berth_ovsdb_connected{db="NB"} 1');
    expect(lines).toContain('berth_plan_changes_total{table="NAT",verb="insert"} 1');
    expect(lines).toContain('berth_watch_events_total{kind="OvnFip",type="ADDED"} 1');
    expect(text).toMatch(/berth_reconcile_duration_seconds_count \d+/);
    expect(text).toMatch(
      /berth_api_request_duration_seconds_count\{verb="PATCH",resource="ovn-fips\/status",code="200"\} \d+/,
    );
    // Not one address or name of an object among the labels.
    expect(text).not.toMatch(/10\.9\.101|\bweb\b/);
  });

  test('tells of a policy whether it counts', async () => {
    await using _controller = start('policies');
    await kubectl(kube, 'apply', '--server-side', '-f', join(root, 'examples/14-available/05-policy.yaml'));
    const told = async (type: string) => {
      const { status } = await get(kube, 'gatewaypolicy', 'available');
      return status?.conditions?.find((each: { type: string }) => each.type === type)?.status;
    };
    await eventually(
      async () => (await told('Accepted')) === 'True' && (await told('Programmed')) === 'True',
    );
    const contradiction = JSON.stringify({ spec: { placement: 'GatewayLocal' } });
    await kubectl(kube, 'patch', 'gatewaypolicy', 'available', '--type=merge', '-p', contradiction);
    await eventually(async () => (await told('Accepted')) === 'False');
    const events = async (): Promise<readonly string[]> => {
      const { items } = await get(kube, 'events.v1.events.k8s.io', '-A');
      return items
        .filter(({ regarding }: { regarding: { kind: string } }) => regarding.kind === 'GatewayPolicy')
        .map(({ type, reason }: { type: string; reason: string }) => `${type} ${reason}`);
    };
    // One for each change, and none for what stays as it was.
    await eventually(async () => (await events()).includes('Warning PolicyContradictory'));
    expect((await events()).toSorted()).toEqual([
      'Normal Accepted',
      'Normal Programmed',
      'Warning PolicyContradictory',
    ]);
    await kubectl(kube, 'delete', 'gatewaypolicy', 'available');
  });

  test('hands over: the next one leads at once, and takes nothing away', async () => {
    const first = start('first');
    await eventually(async () => (await holder()) === 'first');
    await using second = start('second');
    await eventually(async () => (await second.read('/readyz')).status === 200);
    expect((await second.read('/metrics')).text).toContain('berth_leader 0');
    expect(await holder()).toBe('first');
    await first[Symbol.asyncDispose]();
    await eventually(async () => (await second.read('/metrics')).text.includes('berth_leader 1'));
    expect(await holder()).toBe('second');
    await eventually(async () =>
      /berth_reconcile_duration_seconds_count [1-9]/.test((await second.read('/metrics')).text),
    );
    expect((await second.read('/metrics')).text).not.toContain('berth_plan_changes_total{');
  });
});

/** The gateways of the VPC in NB, the most preferred first, without the row that names no chassis. */
async function gateways(): Promise<readonly string[]> {
  await using nb = await openDatabase({ remotes: [bench.nb.remote], database: 'OVN_Northbound' });
  const replica = await nb.monitor({ tables: { Gateway_Chassis: 'all' } });
  return [...replica.snapshot().table('Gateway_Chassis')]
    .filter((row) => Number(row['priority']) > 0)
    .sort((left, right) => Number(right['priority']) - Number(left['priority']))
    .map((row) => String(row['chassis_name']).replace('chassis-', ''));
}

/** The agent of a node as far as it reports: every second, and at once what is new. */
function reporting(node: string) {
  const board = kubeAgentBoard({ kubeconfig: kube.kubeconfig(agentUser(node)), node });
  let state: 'Up' | 'Down' = 'Up';
  let sequence = 0;
  let turn = Promise.resolve();
  const tell = (): void => {
    turn = turn.then(async () => {
      await board.reported().catch(() => undefined);
      const status: NodeReport['status'] = {
        ...{ agent: `agent-${node}`, sequence: ++sequence, time: new Date().toISOString() },
        ...{ chassis: `chassis-${node}`, uplinks: [{ network: 'external0', state }] },
      };
      const metadata = {
        ...{ name: node, generation: 1, labels: {}, annotations: {} },
        ...{ finalizers: [], ownerReferences: [] },
      };
      const report: NodeReport = {
        ...{ apiVersion: 'gateway.berth.dev/v1alpha1', kind: 'NodeReport', metadata, status },
      };
      await board.report(report).catch(() => undefined);
    });
  };
  const heart = setInterval(tell, 1_000);
  tell();
  return {
    uplink(now: 'Up' | 'Down') {
      state = now;
      tell();
    },
    async [Symbol.asyncDispose]() {
      clearInterval(heart);
      await turn;
      await board[Symbol.asyncDispose]();
    },
  };
}

describe('nodes', () => {
  test('get orders, an uplink that an agent reports lost moves a gateway, and so does NotReady', async () => {
    await using _controller = start('nodes');
    const agents = new Map(nodes.map((node) => [node, reporting(node)]));
    await using stack = new AsyncDisposableStack();
    for (const each of agents.values()) stack.use(each);
    await kubectl(kube, 'apply', '--server-side', '-f', example);
    await eventually(async () => (await gateways()).length === 2);
    const [first = '', second = ''] = await gateways();
    await eventually(async () => (await get(kube, 'nodeorders')).items.length === nodes.length);
    const ordered = (await get(kube, 'nodeorder', first)).spec;
    expect(ordered.probes).toMatchObject([{ network: 'external0' }]);
    expect(ordered.epoch).toBeGreaterThan(0);

    agents.get(first)?.uplink('Down');
    await eventually(async () => (await gateways())[0] === second && !(await gateways()).includes(first));
    agents.get(first)?.uplink('Up');
    await eventually(async () => (await gateways()).includes(first));

    const conditions = [{ type: 'Ready', status: 'False', reason: 'Test', message: 'told so by a test' }];
    const patch = JSON.stringify({ status: { conditions } });
    const [leading = ''] = await gateways();
    await kubectl(kube, 'patch', 'node', leading, '--subresource=status', '--type=merge', '-p', patch);
    // It goes to the end, and leaves once another has claimed the port, which no ovn-controller does here.
    await eventually(async () => (await gateways()).at(-1) === leading && (await gateways()).length === 2);
  });
});

describe('databases with TLS', () => {
  /** The routers of NB. */
  async function routers(nb: OvsdbServer): Promise<readonly string[]> {
    await using database = await openDatabase({ remotes: [nb.remote], database: 'OVN_Northbound' });
    const replica = await database.monitor({ tables: { Logical_Router: ['name'] } });
    return [...replica.snapshot().table('Logical_Router')].map((row) => String(row['name']));
  }

  async function makeVpc(name: string): Promise<void> {
    const vpc = `{"apiVersion":"kubeovn.io/v1","kind":"Vpc","metadata":{"name":"${name}"}}`;
    await apply(kube, vpc);
  }

  test('certificates renewed while it runs are used for the next connection, and the old authority is refused', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'berth-controller-tls-'));
    await using stack = new AsyncDisposableStack();
    stack.defer(() => rm(folder, { recursive: true }));
    const { server: tls, client, renewClients, renewServers } = await startRotation(folder);
    const nb = stack.use(await startOvsdbServer({ schema: 'nb', tls }));
    const sb = stack.use(await startOvsdbServer({ schema: 'sb', tls }));
    const serveAs = async (generation: 'old' | 'new'): Promise<void> => {
      await renewServers(generation);
      for (const server of [nb, sb]) await server.kill();
      for (const server of [nb, sb]) await server.start();
    };
    const logged: { readonly msg: string; readonly db?: string; readonly code?: string }[] = [];
    const controller = stack.use(
      start('tls', {
        databases: [
          ...['--nb', nb.sslRemote, '--sb', sb.sslRemote, '--ca-cert', client.ca.file],
          ...['--certificate', client.certificate.file, '--private-key', client.privateKey.file],
        ],
        onLine: (line) => logged.push(JSON.parse(line)),
      }),
    );
    await makeVpc('before');
    await eventually(async () => (await routers(nb)).includes('before'));

    await renewClients('new');
    await serveAs('new');
    await makeVpc('renewed');
    await eventually(async () => (await routers(nb)).includes('renewed'));
    // SB may be back later than NB.
    const reconnected = () => logged.filter(({ msg }) => msg === 'connected again').length;
    await eventually(() => reconnected() >= 2);

    await serveAs('old');
    const said = (db: string) => logged.filter((each) => each.db === db).map(({ code, msg }) => code ?? msg);
    await eventually(() => ['NB', 'SB'].every((db) => said(db).includes('bad-certificate')));
    await makeVpc('later');
    expect((await controller.read('/metrics')).text).toContain('berth_ovsdb_connected{db="NB"} 0');
    expect(await routers(nb)).not.toContain('later');
    // Each reason is told once, for as long as it stays the same.
    for (const db of ['NB', 'SB'])
      expect(said(db).filter((what, at, all) => what === all[at - 1])).toEqual([]);

    await serveAs('new');
    await eventually(async () => (await routers(nb)).includes('later'));
    await eventually(() => reconnected() >= 4);
  });
});

describe('the program', () => {
  let child: ChildProcess | undefined;
  afterAll(() => child?.kill('SIGKILL'));

  test('logs one object a line, and lets go of the Lease at SIGTERM', async () => {
    child = spawn(programFile('berth-controller'), words('program'), {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    await eventually(async () => (await holder()) === 'program');
    await eventually(() => output.includes('"msg":"leading"'));
    child.kill('SIGTERM');
    const [exitCode] = await once(child, 'exit');
    expect(exitCode).toBe(0);
    expect(await holder()).toBe('');
    const logged = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).msg);
    expect(logged).toEqual(expect.arrayContaining(['standing by', 'leading', 'let go of the lead']));
  });
});
