import type { ChildProcess } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, labUp, startPinging } from '@berth/lab';
import { agentRules, cniRules } from '@berth/source/kube';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { conflistText } from '../../../apps/cni/src/install/conflist.ts';
import { eventually, get, kubectl, usersAndGrants } from '../../support/kube-bench.ts';
import { kubeletGrants, kubeletUser } from '../../support/kubelet/grants.ts';
import { imageName } from '../../support/kubelet/image.ts';
import { KubeletNode } from '../../support/kubelet/node.ts';
import { LabDaemons } from '../../support/lab-daemons.ts';

const root = join(import.meta.dirname, '../../..');
const story = join(root, 'examples/01-field-story');
const podNode = 'vnode-103-176';
const nodes = [podNode, 'vnode-103-177'];
const floatingIp = '10.9.101.9';

let lab: Lab;
let daemons: LabDaemons;
let machine: KubeletNode;
let agent: ChildProcess;

/** The story's pod, with a program that says which pod it is of. */
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    ...{ namespace: 'default', name: 'web' },
    annotations: {
      'ovn.kubernetes.io/logical_switch': 'vpc1-subnet1',
      'ovn.kubernetes.io/ip_address': '192.168.0.4',
    },
  },
  spec: {
    nodeName: podNode,
    terminationGracePeriodSeconds: 1,
    automountServiceAccountToken: false,
    dnsPolicy: 'Default',
    containers: [
      {
        name: 'web',
        image: imageName,
        command: ['sh', '-c', 'echo "$POD" >/index.html; exec busybox httpd -f -p 80 -h /'],
        env: [{ name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.uid' } } }],
      },
    ],
  },
};

/** What the floating IP serves to somebody outside: the uid of the pod that answers, or nothing. */
async function served(): Promise<string> {
  const ask = `exec 3<>/dev/tcp/${floatingIp}/80 && printf 'GET /index.html HTTP/1.0\\r\\n\\r\\n' >&3 && tail -n 1 <&3`;
  return (await lab.exec('outside', ['timeout', '1', 'bash', '-c', ask])).stdout.trim();
}

async function createPod(): Promise<string> {
  const file = join(lab.directory, 'pod.json');
  await writeFile(file, JSON.stringify(pod));
  await kubectl(daemons, 'create', '-f', file);
  return (await get(daemons, 'pod', 'web')).metadata.uid;
}

/** The node's own word on whether it can run pods. */
async function readiness(): Promise<{ readonly status: string; readonly message: string }> {
  const { status } = await get(daemons, 'node', podNode);
  const all: readonly { type: string; status: string; message: string }[] = status.conditions ?? [];
  return all.find(({ type }) => type === 'Ready') ?? { status: 'Unknown', message: '' };
}

/** When kubelet last said that it lives. */
async function heartbeat(): Promise<string> {
  return (await get(daemons, '-n', 'kube-node-lease', 'lease', podNode)).spec.renewTime;
}

/** Container, its starts and its address, as kubelet tells. */
async function told() {
  const { status } = await get(daemons, 'pod', 'web');
  const [{ containerID, restartCount, ready }] = status.containerStatuses;
  return { containerID, restartCount, ready, podIP: status.podIP };
}

/** Ports of pods on the node's switch, and network namespaces that the runtime made. */
async function left(): Promise<readonly string[]> {
  const { stdout } = await lab.exec(podNode, ['ovs-vsctl', 'list-ports', 'br-int']);
  const namespaces = await lab.exec(podNode, ['ls', '/run/netns']);
  return [...stdout.split('\n'), ...namespaces.stdout.split('\n')].filter((name) => /^(bth|cni-)/.test(name));
}

beforeAll(async () => {
  const { users, manifests } = usersAndGrants(nodes, [...agentRules(), ...cniRules()]);
  lab = await labUp({
    ...{ name: 'kubelet', nodes, wires: ['ext0'], attached: true },
    kube: { users: [...users, kubeletUser(podNode)], manifests: [...manifests, ...kubeletGrants()] },
  });
  daemons = new LabDaemons(lab);
  daemons.startController();
  daemons.startAgent('vnode-103-177', join(lab.directory, 'vnode-103-177.sock'));
  const confDir = join(lab.directory, 'net.d');
  await mkdir(confDir);
  const conflist = conflistText({ network: 'berth', agentSocket: join(lab.directory, 'agent.sock'), mtu: 0 });
  await writeFile(join(confDir, '05-berth.conflist'), conflist);
  machine = new KubeletNode({
    ...{ lab, node: podNode, binDir: join(root, 'bin'), confDir },
    kubeconfig: daemons.kubeconfig(kubeletUser(podNode).name),
  });
  const parts = (await readdir(story)).filter((file) => file.endsWith('.yaml') && !file.includes('pod'));
  // The address that is asked for comes first: a router port would be given it.
  const files = [...parts.toSorted().reverse()].flatMap((file) => ['-f', join(story, file)]);
  await Promise.all([
    kubectl(daemons, 'apply', '--server-side', ...files).then(() => machine.start()),
    lab.outside.configure([{ wire: 'ext0', vlanId: 0, addresses: ['10.9.101.1/24'] }]),
  ]);
});
afterAll(async () => {
  await daemons?.[Symbol.asyncDispose]();
  await lab?.down();
  await machine?.[Symbol.asyncDispose]();
});

test('a node is ready once its agent can attach pods: kubelet hears STATUS by way of containerd', async () => {
  await eventually(async () => (await readiness()).message.includes('is berth-agent running on this node'));
  expect(await readiness()).toMatchObject({ status: 'False' });
  agent = daemons.startAgent(podNode, join(lab.directory, 'agent.sock'));
  await eventually(async () => (await readiness()).status === 'True');
});

test('a pod starts, has its address, and answers by its floating IP', async () => {
  const uid = await createPod();
  await eventually(async () => (await served()) === uid);
  expect(await told()).toMatchObject({ podIP: '192.168.0.4', restartCount: 0, ready: true });
  expect(await left()).toHaveLength(2);
});

test('a containerd and a kubelet that are killed, and come back, leave the pod as it is', async () => {
  const before = await told();
  const pinging = await startPinging(lab, { from: 'outside', to: floatingIp, intervalMs: 50 });
  for (const daemon of ['containerd', 'kubelet'] as const) {
    await machine.kill(daemon);
    await machine.startDaemon(daemon);
  }
  const beat = await heartbeat();
  await eventually(async () => (await heartbeat()) !== beat);
  await sleep(1_000);
  const { sent, received } = await pinging.stop();
  expect({ lost: sent - received, after: await told() }).toEqual({ lost: 0, after: before });
});

test('a pod whose node has no agent stays until there is one, and then nothing is left of it', async () => {
  await daemons.kill(agent);
  await kubectl(daemons, 'delete', 'pod', 'web', '--wait=false');
  await eventually(async () => (await kubectl(daemons, 'get', 'events')).includes('FailedKillPod'));
  expect(await get(daemons, 'pod', 'web')).toMatchObject({
    metadata: { deletionTimestamp: expect.any(String) },
  });
  agent = daemons.startAgent(podNode, join(lab.directory, 'agent.sock'));
  await eventually(async () => (await kubectl(daemons, 'get', 'pods', '-o', 'name')) === '');
  expect(await left()).toEqual([]);
  expect(await served()).toBe('');
  await eventually(async () => (await get(daemons, 'ovn-fip', 'web')).status.ready === false);
});

test('the next pod of the name has its address, and its floating IP', async () => {
  const uid = await createPod();
  await eventually(async () => (await served()) === uid);
  expect(await told()).toMatchObject({ podIP: '192.168.0.4', restartCount: 0 });
});

test('kubelet was refused nothing', async () => {
  const lines = (await readFile(join(lab.directory, 'kube/audit.log'), 'utf8')).split('\n').slice(0, -1);
  const refused = lines.filter((line) => line.includes('"system:node:') && line.includes('"code":403'));
  expect(refused).toEqual([]);
});
