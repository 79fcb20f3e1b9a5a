import type { ChildProcess } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Lab, labUp, startPinging } from '@berth/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findHelm, helm } from '../../support/helm.ts';
import { agentGroup, agentUser, eventually, get, kubectl } from '../../support/kube-bench.ts';
import { makeBerthImage } from '../../support/kubelet/berth-image.ts';
import { kubeletGrants, kubeletUser } from '../../support/kubelet/grants.ts';
import { imageName } from '../../support/kubelet/image.ts';
import { KubeletNode } from '../../support/kubelet/node.ts';
import { podOf } from '../../support/kubelet/pod-of.ts';
import { LabDaemons } from '../../support/lab-daemons.ts';

const root = join(import.meta.dirname, '../../..');
const story = join(root, 'examples/01-field-story');
const podNode = 'vnode-103-176';
const gateway = 'vnode-103-177';
const nodes = [podNode, gateway];
const floatingIp = '10.9.101.9';
const system = 'berth-system';

/** Fields of objects as they come from the cluster. */
// biome-ignore lint/suspicious/noExplicitAny: manifests of every kind
type Manifest = any;

/** The agent that is no pod has the rights that the chart gives those that are. */
const rbac = 'rbac.authorization.k8s.io';
const otherAgentGrant = {
  collection: `/apis/${rbac}/v1/clusterrolebindings`,
  object: {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'lab-agents' },
    subjects: [{ kind: 'Group', name: agentGroup, apiGroup: rbac }],
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'berth-agent' },
  },
};

describe.skipIf(findHelm(process.env) === undefined)('the chart on a node', () => {
  let lab: Lab;
  let daemons: LabDaemons;
  let machine: KubeletNode;
  let otherAgent: ChildProcess;

  async function create(object: Manifest): Promise<void> {
    const file = join(lab.directory, 'object.json');
    await writeFile(file, JSON.stringify(object));
    await kubectl(daemons, 'create', '-f', file);
  }

  /** Starts a pod of what the chart installed, as the cluster's controllers do. */
  async function startPod(kind: 'daemonset/berth-agent' | 'deployment/berth-controller', name: string) {
    const { hostname: host, port } = new URL(lab.kube?.url ?? '');
    await create(podOf(await get(daemons, '-n', system, kind), name, podNode, { host, port }));
  }

  /** Whether a condition of an object is True. */
  async function is(type: string, ...object: readonly string[]): Promise<boolean> {
    const { status } = await get(daemons, ...object);
    return (status.conditions ?? []).some((each: Manifest) => each.type === type && each.status === 'True');
  }

  const isReady = (name: string) => is('Ready', '-n', system, 'pod', name);

  async function isServed(): Promise<boolean> {
    const ask = `exec 3<>/dev/tcp/${floatingIp}/80 && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3`;
    const { stdout } = await lab.exec('outside', ['timeout', '1', 'bash', '-c', ask]);
    return stdout.startsWith('HTTP/1.');
  }

  beforeAll(async () => {
    lab = await labUp({
      ...{ name: 'chart', nodes, wires: ['ext0'], attached: true },
      kube: {
        users: [{ name: agentUser(gateway), groups: [agentGroup] }, kubeletUser(podNode)],
        manifests: [...kubeletGrants(), otherAgentGrant],
      },
    });
    daemons = new LabDaemons(lab);
    otherAgent = daemons.startAgent(gateway, join(lab.directory, 'other.sock'));
    const home = join(lab.directory, 'nodes', podNode);
    for (const name of ['openvswitch', 'ovn']) await lab.exec(podNode, ['ln', '-s', home, `/run/${name}`]);
    const [binDir, confDir] = [join(lab.directory, 'opt/bin'), join(lab.directory, 'net.d')];
    await Promise.all([binDir, confDir].map((folder) => mkdir(folder, { recursive: true })));
    const { stdout: nb } = await lab.exec(podNode, ['printenv', 'OVN_NB_DB']);
    const { stdout: sb } = await lab.exec(podNode, ['printenv', 'OVN_SB_DB']);
    const values = {
      ovn: { nb: nb.trim(), sb: sb.trim() },
      agent: { runDir: join(lab.directory, 'run') },
      cni: { enabled: true, binDir, confDir },
    };
    const file = join(lab.directory, 'values.json');
    await writeFile(file, JSON.stringify(values));
    const access = { folder: lab.directory, kubeconfig: () => daemons.kubeconfig() };
    const install = ['-n', system, '--create-namespace', '-f', file];
    const image = join(lab.directory, 'image');
    const [archive] = await Promise.all([
      process.env['BERTH_IMAGE'] ?? makeBerthImage(image, 'localhost/berth:0.1.0'),
      helm(access, 'install', 'berth', join(root, 'charts/berth'), ...install),
      lab.outside.configure([{ wire: 'ext0', vlanId: 0, addresses: ['10.9.101.1/24'] }]),
    ]);
    const { clusters } = JSON.parse(await readFile(daemons.kubeconfig(), 'utf8'));
    const authority = Buffer.from(clusters[0].cluster['certificate-authority-data'], 'base64').toString();
    await create({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', data: { 'ca.crt': authority } },
      metadata: { namespace: system, name: 'kube-root-ca.crt' },
    });
    const parts = (await readdir(story)).filter((name) => name.endsWith('.yaml') && !name.includes('pod'));
    const files = [...parts.toSorted().reverse()].flatMap((name) => ['-f', join(story, name)]);
    await kubectl(daemons, 'apply', '--server-side', ...files);
    const kubeconfig = daemons.kubeconfig(kubeletUser(podNode).name);
    machine = new KubeletNode({ lab, node: podNode, kubeconfig, binDir, confDir, images: [archive] });
    await machine.start();
  });
  afterAll(async () => {
    await daemons?.[Symbol.asyncDispose]();
    await lab?.down();
    await machine?.[Symbol.asyncDispose]();
  });

  test('the agent’s pod puts the plugin in place, and the node is ready', async () => {
    await startPod('daemonset/berth-agent', 'agent-1');
    await eventually(() => isReady('agent-1'));
    await eventually(() => is('Ready', 'node', podNode));
  });

  test('the controller’s pod is started by a node without a network of pods, and gets ready', async () => {
    await startPod('deployment/berth-controller', 'controller-1');
    await eventually(() => isReady('controller-1'));
  });

  test('a pod starts, and answers by its floating IP', async () => {
    const annotations = {
      'ovn.kubernetes.io/logical_switch': 'vpc1-subnet1',
      'ovn.kubernetes.io/ip_address': '192.168.0.4',
    };
    const command = ['busybox', 'httpd', '-f', '-p', '80', '-h', '/'];
    await create({
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'default', name: 'web', annotations } },
      spec: {
        ...{ nodeName: podNode, automountServiceAccountToken: false, dnsPolicy: 'Default' },
        containers: [{ name: 'web', image: imageName, command }],
      },
    });
    await eventually(isServed);
  });

  test('both are replaced, and nothing is lost', async () => {
    const pinging = await startPinging(lab, { from: 'outside', to: floatingIp, intervalMs: 50 });
    await kubectl(daemons, '-n', system, 'delete', 'pod', 'agent-1', 'controller-1');
    await startPod('daemonset/berth-agent', 'agent-2');
    await startPod('deployment/berth-controller', 'controller-2');
    await eventually(async () => (await isReady('agent-2')) && (await isReady('controller-2')));
    const { sent, received } = await pinging.stop();
    expect(sent - received).toBe(0);
  });

  test('nothing of it was refused, restarted or killed', async () => {
    const lines = (await readFile(join(lab.directory, 'kube/audit.log'), 'utf8')).split('\n').slice(0, -1);
    const refused = lines.filter((line) => line.includes(`:${system}:`) && line.includes('"code":403'));
    expect(refused).toEqual([]);
    const { items } = await get(daemons, '-n', system, 'pods');
    const restarts = items.flatMap(({ status }: Manifest) =>
      status.containerStatuses.map((each: Manifest) => each.restartCount),
    );
    expect(restarts).toEqual([0, 0]);
    expect(otherAgent.exitCode).toBe(null);
  });
});
