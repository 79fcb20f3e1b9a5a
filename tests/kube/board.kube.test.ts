import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NodeReport } from '@berth/api';
import { orderRoom } from '@berth/core';
import type { OwnKubeServer } from '@berth/lab';
import type { AgentBoard, NodeBoard } from '@berth/source';
import {
  agentAdmission,
  agentGrants,
  holdCluster,
  KubeReader,
  kubeAgentBoard,
  kubeReports,
} from '@berth/source/kube';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  agentUser,
  controllerUser,
  eventually,
  get,
  kubectl,
  lease,
  metadataOf,
  nodeOrder,
  startKube,
} from '../support/kube-bench.ts';

let kube: OwnKubeServer;
let controller: NodeBoard;
const held = new AsyncDisposableStack();

beforeAll(async () => {
  kube = held.use(await startKube({ nodes: ['n1', 'n2'] }));
  const kubeconfig = kube.kubeconfig(controllerUser);
  const reader = held.use(new KubeReader({ kubeconfig, times: { longestDelayMs: 500 } }));
  // A busy machine may take longer to start the API server anew than a Lease usually counts.
  const times = { renewWithinMs: 90_000, durationSeconds: 120 };
  const options = { lease: { ...lease, identity: 'test', times } };
  const source = held.use(await holdCluster(reader, options, AbortSignal.timeout(120_000)));
  controller = held.use(source.nodeBoard());
});
afterAll(() => held.disposeAsync());

function report(node: string, sequence: number, agent = 'a'): NodeReport {
  const status: NodeReport['status'] = {
    ...{ agent, sequence, time: '2026-01-01T00:00:00Z', chassis: `chassis-${node}` },
    uplinks: [{ network: 'external0', state: 'Up' }],
  };
  return { apiVersion: 'gateway.berth.dev/v1alpha1', kind: 'NodeReport', metadata: metadataOf(node), status };
}

/** The board of a node's agent, as a user of the API server. */
function agent(node: string, user = agentUser(node)): AgentBoard {
  return kubeAgentBoard({ kubeconfig: kube.kubeconfig(user), node, times: { longestDelayMs: 500 } });
}

async function heard(node: string): Promise<number | undefined> {
  const reports = await controller.reports();
  return reports.find(({ metadata: { name } }) => name === node)?.status.sequence;
}

const version = async (node: string): Promise<string> =>
  (await get(kube, 'nodeorder', node)).metadata.resourceVersion;

describe('orders', () => {
  test('reach their node; one that is there is not written again, and one that is not given any more goes', async () => {
    await using board = agent('n1');
    expect(await board.order()).toBeUndefined();
    let told = 0;
    board.watch(() => told++);
    await controller.order([nodeOrder('n1', 'a', { heartbeatMs: 5_000 }), nodeOrder('n2', 'a')]);
    await eventually(async () => (await board.order())?.spec.revision === 'a');
    await eventually(() => told > 0);
    const before = await version('n1');
    await controller.order([nodeOrder('n1', 'a', { heartbeatMs: 5_000 }), nodeOrder('n2', 'b')]);
    expect(await version('n1')).toBe(before);
    await controller.order([nodeOrder('n1', 'a')]);
    await eventually(async () => (await board.order())?.spec.heartbeatMs === undefined);
    expect((await get(kube, 'nodeorders')).items).toHaveLength(1);
    await controller.order([]);
    expect((await get(kube, 'nodeorders')).items).toEqual([]);
    expect((await board.order())?.spec).toEqual(nodeOrder('n1', 'a').spec);
  });

  test('that somebody changed are as they were given after the next pass, with the labels of others', async () => {
    await controller.order([nodeOrder('n1', 'a', { witnesses: [{ port: 'w' }] })]);
    await kubectl(kube, 'label', 'nodeorder', 'n1', 'team=x');
    const patch = JSON.stringify({ spec: { witnesses: [], heartbeatMs: 9 } });
    await kubectl(kube, 'patch', 'nodeorder', 'n1', '--type=merge', '-p', patch);
    await eventually(async () => {
      await controller.order([nodeOrder('n1', 'a', { witnesses: [{ port: 'w' }] })]).catch(() => undefined);
      const { spec } = await get(kube, 'nodeorder', 'n1');
      return spec.witnesses.length === 1 && spec.heartbeatMs === undefined;
    });
    expect((await get(kube, 'nodeorder', 'n1')).metadata.labels).toEqual({ team: 'x' });
  });
});

describe('an order as large as there may be', () => {
  test('is taken by the API server, reaches its node whole, and can be changed', async () => {
    await using board = agent('n1');
    const place = { mac: '0a:00:00:00:00:01', network: 'external0', vlanId: 0, port: 'cr-vpc1-external0' };
    const address = (number: number) => [16, 8, 0].map((bits) => (number >> bits) & 255).join('.');
    const ofCount = (count: number) =>
      Array.from({ length: count }, (_, n) => `100.${address(n)} 200.${address(n)}`).join('\n');
    const size = (count: number) => JSON.stringify({ ...place, pairs: ofCount(count) }).length;
    // No address here is longer than 100.1.255.255: as many as fit even so.
    const count = Math.floor((orderRoom.mostBytes - size(0)) / '100.1.255.255 200.1.255.255\\n'.length);
    expect(size(10_000)).toBeLessThan(orderRoom.nearBytes / 2);
    const large = ofCount(count);
    await controller.order([nodeOrder('n1', 'large', { addresses: [{ ...place, pairs: large }] })]);
    await eventually(async () => (await board.order())?.spec.revision === 'large');
    expect((await board.order())?.spec.addresses[0]?.pairs).toBe(large);
    const rest = large.slice(large.indexOf('\n') + 1);
    await controller.order([nodeOrder('n1', 'less', { addresses: [{ ...place, pairs: rest }] })]);
    await eventually(async () => (await board.order())?.spec.revision === 'less');
    expect((await board.order())?.spec.addresses[0]?.pairs).toBe(rest);
  });
});

describe('reports', () => {
  test('reach the controller, every sign of life of them, and kubectl shows them', async () => {
    await using board = agent('n1');
    expect(await board.reported()).toBeUndefined();
    let told = 0;
    using _watch = controller.watch(() => told++);
    await board.report(report('n1', 1));
    await eventually(async () => (await heard('n1')) === 1);
    await board.report(report('n1', 2));
    await eventually(async () => (await heard('n1')) === 2 && told >= 2);
    expect(await board.reported()).toEqual(report('n1', 2));
    expect(await kubeReports({ kubeconfig: kube.kubeconfig() })).toMatchObject([{ status: { sequence: 2 } }]);
    expect(await kubectl(kube, 'get', 'nodereports')).toMatch(/^n1 +chassis-n1 +.*Up/m);
  });

  test('of another agent on the node are noticed by whoever wrote before', async () => {
    await using first = agent('n1');
    await first.reported();
    await first.report(report('n1', 3, 'first'));
    await using second = agent('n1');
    expect((await second.reported())?.status.agent).toBe('first');
    await second.report(report('n1', 1, 'second'));
    expect((await first.reported())?.status.agent).toBe('first');
    await expect(first.report(report('n1', 4, 'first'))).rejects.toMatchObject({ code: 'stale-write' });
    expect((await first.reported())?.status.agent).toBe('second');
  });

  test('that somebody deleted come back', async () => {
    await using board = agent('n1');
    await board.reported();
    await board.report(report('n1', 5));
    await kubectl(kube, 'delete', 'nodereport', 'n1');
    await eventually(async () => (await heard('n1')) === undefined);
    await eventually(async () => {
      await board.reported();
      return board.report(report('n1', 6)).then(
        () => true,
        () => false,
      );
    });
    await eventually(async () => (await heard('n1')) === 6);
  });

  test('are written by the agent of the node and by nobody else', async () => {
    await using other = agent('n2', agentUser('n1'));
    await eventually(() =>
      other.report(report('n2', 1)).then(
        () => false,
        (fault: unknown) =>
          String(fault).includes('the agent of n1 may not write the report of n2') &&
          (fault as { code?: string }).code === 'write-refused',
      ),
    );
    await using admin = agent('n2', 'admin');
    await expect(admin.report(report('n2', 1))).rejects.toThrow('only the agent of n2 may write its report');
    const patch = ['patch', 'nodeorder', 'n1', '--type=merge', '-p', '{}', '--kubeconfig'];
    await expect(kubectl(kube, ...patch, kube.kubeconfig(agentUser('n1')))).rejects.toThrow('forbidden');
  });
});

test('while the API server is away the last order stays, and both sides go on when it is back', async () => {
  await using board = agent('n1');
  await controller.order([nodeOrder('n1', 'before')]);
  await eventually(async () => (await board.order())?.spec.revision === 'before');
  await board.reported();
  await board.report(report('n1', 10));
  await eventually(async () => (await heard('n1')) === 10);
  await kube.kill('kube-apiserver');
  await expect(board.report(report('n1', 11))).rejects.toMatchObject({ code: 'cluster-unreachable' });
  await expect(board.report(report('n1', 12))).rejects.toMatchObject({ code: 'cluster-unreachable' });
  expect((await board.order())?.spec.revision).toBe('before');
  expect(await heard('n1')).toBe(10);
  await kube.restart('kube-apiserver');
  await eventually(() =>
    board.report(report('n1', 13)).then(
      () => true,
      () => false,
    ),
  );
  await eventually(async () => (await heard('n1')) === 13);
  await eventually(() =>
    controller.order([nodeOrder('n1', 'after')]).then(
      () => true,
      () => false,
    ),
  );
  await eventually(async () => (await board.order())?.spec.revision === 'after');
});

test('an agent with a service account writes for the node that its token is bound to', async () => {
  const serviceAccount = { namespace: 'kube-system', name: 'berth-agent' };
  const subject = { kind: 'ServiceAccount', ...serviceAccount } as const;
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } };
  await kube.apply([
    ...agentGrants(subject),
    ...agentAdmission({ serviceAccount }),
    { collection: '/api/v1/nodes', object: node },
  ]);
  await kubectl(kube, '-n', 'kube-system', 'create', 'serviceaccount', 'berth-agent');
  const token = async (...bound: readonly string[]): Promise<string> => {
    const words = ['-n', 'kube-system', 'create', 'token', 'berth-agent', ...bound];
    return (await kubectl(kube, ...words)).trim();
  };
  const withToken = async (text: string, of: string): Promise<AgentBoard> => {
    const config = (await readFile(kube.kubeconfig(), 'utf8')).replace(
      /(token['"]?: ?['"]?)[^'",\s}]+/,
      `$1${text}`,
    );
    const file = join(kube.folder, 'agent.kubeconfig');
    await writeFile(file, config, { mode: 0o600 });
    return kubeAgentBoard({ kubeconfig: file, node: of });
  };
  const bound = await token('--bound-object-kind=Node', '--bound-object-name=n1');
  let fault: unknown;
  const isWritten = async (): Promise<boolean> => {
    await using board = await withToken(bound, 'n1');
    await board.reported().catch(() => undefined);
    fault = await board.report(report('n1', 20)).catch((thrown: unknown) => thrown);
    return fault === undefined;
  };
  await eventually(isWritten, () => fault);
  await using foreign = await withToken(bound, 'n2');
  await expect(foreign.report(report('n2', 1))).rejects.toThrow(
    'the agent of n1 may not write the report of n2',
  );
  await using unbound = await withToken(await token(), 'n1');
  await unbound.reported();
  await expect(unbound.report(report('n1', 21))).rejects.toThrow('is the agent of no node');
});
