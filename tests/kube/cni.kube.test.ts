import { type ChildProcess, execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, labUp, ping } from '@berth/lab';
import { agentRules, cniRules } from '@berth/source/kube';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agentUserPrefix, get, kubectl, usersAndGrants } from '../support/kube-bench.ts';
import { LabDaemons } from '../support/lab-daemons.ts';

const root = join(import.meta.dirname, '../..');
const podNode = 'vnode-103-176';
const nodes = [podNode, 'vnode-103-177'];
const floatingIp = '10.9.101.9';

let lab: Lab;
let daemons: LabDaemons;
let socketPath: string;
let agent: ChildProcess;

/** A pod of the story's subnet. */
const late = `apiVersion: v1
kind: Pod
metadata:
  name: late
  namespace: default
  annotations: { ovn.kubernetes.io/logical_switch: vpc1-subnet1 }
spec:
  nodeName: ${podNode}
  containers: [{ name: late, image: registry.k8s.io/pause }]
`;

/** What a run of the plugin printed, and its exit code. */
type Ran = { readonly exitCode: number; readonly printed: Readonly<Record<string, unknown>> | undefined };

/** Calls bin/berth-cni as a container runtime does, for a sandbox of a pod. */
function cni(command: string, pod: string, id: string, more: object = {}, uid = ''): Promise<Ran> {
  const env = {
    PATH: process.env['PATH'],
    CNI_COMMAND: command,
    CNI_CONTAINERID: id,
    CNI_NETNS: `/var/run/netns/pod.default.${pod}`,
    CNI_IFNAME: 'eth0',
    CNI_PATH: join(root, 'bin'),
    CNI_ARGS: `IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=${pod};K8S_POD_UID=${uid}`,
  };
  const config = {
    cniVersion: '1.1.0',
    name: 'k8s-pod-network',
    type: 'berth-cni',
    agentSocket: socketPath,
    ...more,
  };
  return new Promise((resolve) => {
    const child = execFile(join(root, 'bin/berth-cni'), { env }, (_error, stdout) => {
      const printed = stdout === '' ? undefined : JSON.parse(stdout);
      resolve({ exitCode: child.exitCode ?? -1, printed });
    });
    child.stdin?.end(JSON.stringify(config));
  });
}

/** A line of the API server's audit log (audit.k8s.io/v1), as far as we look. */
type AuditEvent = {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef: { readonly resource: string; readonly name?: string };
  readonly responseStatus?: { readonly code: number };
};

const fine = { exitCode: 0, printed: undefined };

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + 120_000;
  while (!(await condition())) {
    if (Date.now() > deadlineMs) throw new Error(`did not come about: ${condition}`);
    await sleep(100);
  }
}

/** Whether an address answers, three times out of three. */
async function answers(from = 'outside', to = floatingIp): Promise<boolean> {
  const { received } = await ping(lab, { from, to, count: 3, intervalMs: 100 });
  return received === 3;
}

/** The ports of pods on the node's switch. */
async function podPorts(): Promise<readonly string[]> {
  const { stdout } = await lab.exec(podNode, ['ovs-vsctl', 'list-ports', 'br-int']);
  return stdout.split('\n').filter((name) => name.startsWith('bth'));
}

async function isAvailable(): Promise<boolean> {
  return (await cni('STATUS', 'web', 'none')).exitCode === 0;
}

/** Whether a plugin is connected to the agent now: state 03 in /proc/net/unix, after the path that was bound. */
async function isAsking(): Promise<boolean> {
  const lines = (await readFile('/proc/net/unix', 'utf8')).split('\n');
  return lines.some((line) => line.includes(` ${socketPath}`) && / 03 +\d+ /.test(line));
}

beforeAll(async () => {
  const kube = usersAndGrants(nodes, [...agentRules(), ...cniRules()]);
  lab = await labUp({ ...{ name: 'cni', nodes, wires: ['ext0'], attached: true }, kube });
  daemons = new LabDaemons(lab);
  socketPath = join(lab.directory, 'agent.sock');
  daemons.startController('--log-level', 'error');
  daemons.startAgent('vnode-103-177', `${socketPath}.vnode-103-177`);
  agent = daemons.startAgent(podNode, socketPath);
  await Promise.all([
    kubectl(daemons, 'apply', '--server-side', '-f', join(root, 'examples/01-field-story')),
    lab.outside.configure([{ wire: 'ext0', vlanId: 0, addresses: ['10.9.101.1/24'] }]),
    ...['web', 'late'].map((name) => lab.createPod({ namespace: 'default', name })),
  ]);
});
afterAll(async () => {
  await daemons?.[Symbol.asyncDispose]();
  await lab?.down();
});

test('a pod of the API is attached, and answers by its floating IP', async () => {
  await until(isAvailable);
  const { metadata } = await get(daemons, 'pod', 'web');
  const first = await cni('ADD', 'web', 'a', {}, metadata.uid);
  expect(first).toMatchObject({
    exitCode: 0,
    printed: {
      cniVersion: '1.1.0',
      interfaces: [{ mtu: 1440 }, { name: 'eth0', mtu: 1440, sandbox: '/var/run/netns/pod.default.web' }],
      ips: [{ address: '192.168.0.4/24', gateway: '192.168.0.1', interface: 1 }],
      routes: [{ dst: '0.0.0.0/0', gw: '192.168.0.1' }],
    },
  });
  await until(answers);
  expect(await cni('ADD', 'web', 'a', {}, metadata.uid)).toEqual(first);
  expect(await cni('CHECK', 'web', 'a', { prevResult: first.printed })).toEqual(fine);
});

test('what is off is told by CHECK, and mended by ADD', async () => {
  const prevResult = { ips: [{ address: '192.168.0.4/24' }] };
  await lab.exec('default/web', ['ip', 'address', 'flush', 'dev', 'eth0', 'scope', 'global']);
  expect(await cni('CHECK', 'web', 'a', { prevResult })).toMatchObject({
    exitCode: 1,
    printed: { code: 102, msg: expect.stringContaining('ip address add 192.168.0.4/24 dev eth0') },
  });
  expect(await cni('ADD', 'web', 'a')).toMatchObject({ exitCode: 0 });
  await until(answers);
});

test('a pod that runs has the routes that it asks for, without another ADD, and keeps its own', async () => {
  const annotate = (text: string) => kubectl(daemons, 'annotate', 'pod', 'web', '--overwrite', text);
  const asking = (routes: string) => annotate(`ovn.kubernetes.io/routes=${routes}`);
  const shown = async (): Promise<string> => {
    const { stdout } = await lab.exec('default/web', ['ip', '-N', 'route', 'show', 'table', 'main']);
    return stdout.replaceAll(/ +$/gm, '');
  };
  const isShown = async (line: string): Promise<boolean> => (await shown()).split('\n').includes(line);
  const own = '10.7.0.0/16 via 192.168.0.8 dev eth0';
  await lab.exec('default/web', ['ip', 'route', 'add', ...own.split(' ')]);
  await asking('[{"dst":"10.8.0.0/16","gw":"192.168.0.8"}]');
  await until(() => isShown('10.8.0.0/16 via 192.168.0.8 dev eth0 proto 98'));
  await asking('[{"dst":"10.8.0.0/16","gw":"192.168.0.9"}]');
  await until(() => isShown('10.8.0.0/16 via 192.168.0.9 dev eth0 proto 98'));
  const prevResult = { ips: [{ address: '192.168.0.4/24' }] };
  expect(await cni('CHECK', 'web', 'a', { prevResult })).toEqual(fine);
  await annotate('ovn.kubernetes.io/routes-');
  await until(async () => !(await shown()).includes('10.8.0.0/16'));
  expect([await isShown(own), await isShown('default via 192.168.0.1 dev eth0 proto 98')]).toEqual([
    true,
    true,
  ]);
  await lab.exec('default/web', ['ip', 'route', 'delete', '10.7.0.0/16']);
  await until(answers);
});

test('an agent that is killed leaves pods alone, and what it had begun is done by the next one', async () => {
  const adding = cni('ADD', 'late', 'b');
  await until(isAsking);
  await daemons.kill(agent);
  expect(await adding).toMatchObject({
    exitCode: 1,
    printed: { code: 11, msg: expect.stringContaining('went away') },
  });
  expect(await cni('ADD', 'late', 'b')).toMatchObject({ exitCode: 1, printed: { code: 11 } });
  expect(await cni('STATUS', 'late', 'b')).toMatchObject({ exitCode: 1, printed: { code: 50 } });
  // Nobody is there to mend what it might have left broken.
  await until(answers);
  agent = daemons.startAgent(podNode, socketPath);
  const file = join(lab.directory, 'late.yaml');
  await writeFile(file, late);
  await kubectl(daemons, 'apply', '--server-side', '-f', file);
  await until(isAvailable);
  expect(await cni('CHECK', 'web', 'a', { prevResult: { ips: [{ address: '192.168.0.4/24' }] } })).toEqual(
    fine,
  );
  expect(await cni('ADD', 'late', 'b')).toMatchObject({ exitCode: 0 });
  await until(() => answers('default/late', '192.168.0.4'));
});

test('DEL takes the port away, again is fine, and the next sandbox gets the same address', async () => {
  expect(await podPorts()).toHaveLength(2);
  for (let times = 0; times < 2; times += 1) expect(await cni('DEL', 'web', 'a')).toEqual(fine);
  expect(await podPorts()).toHaveLength(1);
  expect(await answers()).toBe(false);
  expect(await cni('ADD', 'web', 'c')).toMatchObject({
    exitCode: 0,
    printed: { ips: [{ address: '192.168.0.4/24' }] },
  });
  expect(await cni('DEL', 'web', 'a')).toEqual(fine);
  await until(answers);
});

test('GC removes what is not valid; a sandbox that went away with its node’s life is swept', async () => {
  const valid = { 'cni.dev/valid-attachments': [{ containerID: 'b', ifname: 'eth0' }] };
  expect(await cni('GC', 'web', 'none', valid)).toEqual(fine);
  expect(await podPorts()).toHaveLength(1);
  await daemons.kill(agent);
  await lab.deletePod({ namespace: 'default', name: 'late' });
  agent = daemons.startAgent(podNode, socketPath);
  await until(async () => (await podPorts()).length === 0);
});

test('the agents were refused nothing, and used each right of theirs that is about pods', async () => {
  const lines = (await readFile(join(lab.directory, 'kube/audit.log'), 'utf8')).split('\n').slice(0, -1);
  const asked = lines
    .map((line): AuditEvent => JSON.parse(line))
    .filter(({ user }) => user.username.startsWith(agentUserPrefix));
  expect(asked.filter(({ responseStatus }) => responseStatus?.code === 403)).toEqual([]);
  const used = new Set(
    asked.map(({ verb, objectRef }) => `${verb} ${objectRef.resource} ${objectRef.name ?? ''}`),
  );
  const rights = cniRules().flatMap(({ verbs, resources, resourceNames = [''] }) =>
    verbs.flatMap((verb) =>
      resources.flatMap((each) => resourceNames.map((name) => `${verb} ${each} ${name}`)),
    ),
  );
  expect(rights.filter((right) => !used.has(right))).toEqual([]);
});
