import type { IP, Subnet } from '@berth/api';
import { type Lab, labUp, ping } from '@berth/lab';
import { openDatabase } from '@berth/ovsdb';
import type { Operation } from '@berth/ovsdb/value';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../host/host.ts';
import { testMetadata, testNetwork, testNode, testVlan } from '../testing/resources.ts';
import { type AgentInputs, type NodeAgent, nodeAgent } from './agent.ts';

const names = ['n1', 'n2'] as const;
const pods = ['web', 'db'] as const;
const podNode = { web: 'n1', db: 'n2' } as const;

let lab: Lab;
const agents = new Map<string, NodeAgent>();
const ran: string[] = [];

const subnet: Subnet = {
  apiVersion: 'kubeovn.io/v1',
  kind: 'Subnet',
  metadata: testMetadata('blue'),
  spec: { cidrBlock: '192.168.0.0/24,fd00::/64' },
};

function addressOf(pod: (typeof pods)[number], last = pods.indexOf(pod) + 4): IP {
  return {
    apiVersion: 'kubeovn.io/v1',
    kind: 'IP',
    metadata: testMetadata(`${pod}.default`),
    spec: {
      podName: pod,
      namespace: 'default',
      subnet: 'blue',
      nodeName: podNode[pod],
      ipAddress: `192.168.0.${last},fd00::${last}`,
      macAddress: `0a:00:00:00:00:0${last}`,
    },
  };
}

const resources: AgentInputs['resources'] = {
  ProviderNetwork: [testNetwork('ext')],
  Vlan: [testVlan('v0', 'ext', 0)],
  Node: names.map((name) => testNode(name)),
  IP: pods.map((pod) => addressOf(pod)),
  Subnet: [subnet],
};
const netnsByPod = new Map(pods.map((pod) => [`default/${pod}`, `pod.default.${pod}`]));

function agentOf(node: string): NodeAgent {
  return agents.get(node) ?? expect.fail(`no agent of ${node}`);
}

async function everywhere(inputs: AgentInputs) {
  ran.length = 0;
  return Promise.all(names.map((node) => agentOf(node).reconcile(inputs)));
}

async function tool(where: string, ...argv: string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await lab.exec(where, argv);
  expect(exitCode, stderr).toBe(0);
  return stdout.trim();
}

/** The logical switch of the pods, as the controller would write it. */
async function writeSwitch(addresses: readonly IP[]): Promise<void> {
  await using nb = await openDatabase({ remotes: [lab.nbRemote], database: 'OVN_Northbound' });
  const ports = addresses.map(({ metadata, spec }, place) => ({
    uuidName: `port${place}`,
    row: {
      name: metadata.name,
      addresses: new Set([`${spec.macAddress} ${spec.ipAddress?.replace(',', ' ')}`]),
    },
  }));
  const operations: Operation[] = [
    { op: 'delete', table: 'Logical_Switch', where: [] },
    ...ports.map(
      ({ uuidName, row }): Operation => ({ op: 'insert', table: 'Logical_Switch_Port', uuidName, row }),
    ),
    {
      op: 'insert',
      table: 'Logical_Switch',
      row: { name: 'blue', ports: new Set(ports.map(({ uuidName }) => uuidName)) },
    },
  ];
  await nb.transact(operations);
}

async function pingPod(from: string, to: string): Promise<number> {
  const { received } = await ping(lab, { from: `default/${from}`, to, count: 3, intervalMs: 100 });
  return received;
}

beforeAll(async () => {
  lab = await labUp({ name: `node-agent-${process.pid}`, nodes: names, wires: ['ext0'], attached: true });
  for (const name of names) {
    const host = lab.host(name);
    const counting: Host = {
      ...host,
      run: (argv, options) => {
        ran.push(argv.join(' '));
        return host.run(argv, options);
      },
    };
    agents.set(name, await nodeAgent({ host: counting, instance: 'default' }));
  }
  for (const pod of pods) await lab.createPod({ namespace: 'default', name: pod });
  await writeSwitch(resources.IP);
});

afterAll(async () => {
  for (const agent of agents.values()) await agent.close();
  await lab?.down();
});

describe('on a lab of two nodes', () => {
  test('pods are attached and reach each other over the tunnel, in both families', async () => {
    const passes = await everywhere({ resources, netnsByPod });
    expect(passes.flatMap(({ findings, faults }) => [...findings, ...faults])).toEqual([]);
    await Promise.all(names.map((node) => agentOf(node).installed(60_000)));
    // Each node learns a moment later that the other one has its port.
    await expect.poll(() => pingPod('web', '192.168.0.5')).toBe(3);
    await expect.poll(() => pingPod('db', 'fd00::4')).toBe(3);
    expect(await tool('default/web', 'cat', '/sys/class/net/eth0/mtu')).toBe('1440');
    expect(await tool('default/web', 'ip', '-6', 'route', 'show', 'default')).toContain('via fd00::1');
  });

  test('the largest packet that a pod may send arrives whole', async () => {
    const largest = ['ping', '-c2', '-i0.1', '-W1', '-M', 'do', '-s', '1412', '192.168.0.5'];
    await expect.poll(() => tool('default/web', ...largest)).toContain('2 received');
  });

  test('the provider bridge has its NIC and its mapping', async () => {
    for (const name of names) {
      const ports = await tool(name, 'ovs-vsctl', 'list-ports', 'br-ext');
      expect(ports.split('\n')).toContain('eth1');
      expect(await tool(name, 'ovs-vsctl', 'get', 'Bridge', 'br-ext', 'datapath_type')).toBe('netdev');
      const mappings = await tool(
        name,
        'ovs-vsctl',
        'get',
        'Open_vSwitch',
        '.',
        'external_ids:ovn-bridge-mappings',
      );
      expect(mappings).toBe('"ext:br-ext"');
    }
  });

  test('routes of a pod that runs come, change and go as it asks, and those of others stay', async () => {
    const asking = (routes: readonly object[]): AgentInputs['resources'] => ({
      ...resources,
      Pod: [
        {
          ...{ apiVersion: 'v1', kind: 'Pod', spec: { nodeName: 'n1' } },
          metadata: {
            ...testMetadata('web'),
            namespace: 'default',
            annotations: { 'ovn.kubernetes.io/routes': JSON.stringify(routes) },
          },
        },
      ],
    });
    /** Those with a next hop, as `target gateway protocol`. */
    const shown = async (): Promise<readonly string[]> => {
      const lists = await Promise.all(
        ['-4', '-6'].map((family) => tool('default/web', 'ip', '-N', family, 'route', 'show', 'dev', 'eth0')),
      );
      return lists
        .flatMap((text) => text.split('\n'))
        .flatMap((line) => {
          const [, dst, gw] = /^(\S+) via (\S+)/.exec(line) ?? [];
          const [, protocol = 'boot'] = / proto (\S+)/.exec(line) ?? [];
          return dst === undefined ? [] : [`${dst} ${gw} ${protocol}`];
        })
        .sort();
    };
    const after = async (routes: readonly object[]): Promise<readonly string[]> => {
      const [pass] = await everywhere({ resources: asking(routes), netnsByPod });
      expect(pass?.findings).toEqual([]);
      return shown();
    };
    const ours = ['default 192.168.0.1 98', 'default fd00::1 98'];
    expect(await shown()).toEqual(ours);
    const theirs = ['10.7.0.0/16 192.168.0.5 boot', '10.9.0.0/16 192.168.0.77 boot', 'fd07::/64 fd00::5 12'];
    await tool('default/web', 'ip', 'route', 'add', '10.7.0.0/16', 'via', '192.168.0.5');
    await tool('default/web', 'ip', 'route', 'add', '10.9.0.0/16', 'via', '192.168.0.77');
    await tool('default/web', 'ip', '-6', 'route', 'add', 'fd07::/64', 'via', 'fd00::5', 'proto', '12');
    const far = [
      { dst: '10.8.0.0/16', gw: '192.168.0.5' },
      { dst: 'fd08::/64', gw: 'fd00::5' },
      { dst: '10.9.0.0/16', gw: '192.168.0.5' },
    ];
    expect(await after(far)).toEqual(
      [...ours, ...theirs, '10.8.0.0/16 192.168.0.5 98', 'fd08::/64 fd00::5 98'].sort(),
    );
    // A packet that the route leads there comes there, and its answer back.
    await tool('default/db', 'ip', 'address', 'add', '10.8.0.1/32', 'dev', 'lo');
    await expect.poll(() => pingPod('web', '10.8.0.1')).toBe(3);
    const moved = [
      { dst: '10.8.0.0/16', gw: '192.168.0.66' },
      { dst: 'fd08::/64', gw: 'fd00::66' },
      { gw: '192.168.0.5' },
      { gw: 'fd00::5' },
    ];
    expect(await after(moved)).toEqual(
      [
        ...['default 192.168.0.5 98', 'default fd00::5 98', ...theirs],
        ...['10.8.0.0/16 192.168.0.66 98', 'fd08::/64 fd00::66 98'],
      ].sort(),
    );
    expect(await after([])).toEqual([...ours, ...theirs].sort());
    expect(await pingPod('web', '192.168.0.5')).toBe(3);
    for (const [family, dst] of [
      ['-4', '10.7.0.0/16'],
      ['-4', '10.9.0.0/16'],
      ['-6', 'fd07::/64'],
    ] as const)
      await tool('default/web', 'ip', family, 'route', 'delete', dst);
    await tool('default/db', 'ip', 'address', 'delete', '10.8.0.1/32', 'dev', 'lo');
  });

  test('what somebody took away inside a pod comes back, and packets with it; what somebody put there stays', async () => {
    const mend = () => agentOf('n1').mend({ resources, netnsByPod });
    expect(await mend()).toEqual([]);
    await tool('default/web', 'ip', 'address', 'flush', 'dev', 'eth0', 'scope', 'global');
    // A pass looks into no pod.
    await agentOf('n1').reconcile({ resources, netnsByPod });
    expect(await tool('default/web', 'ip', '-4', 'route', 'show')).toBe('');
    expect(await mend()).toEqual(['pod/default/web']);
    expect(await tool('default/web', 'ip', '-4', 'route', 'show', 'default')).toContain('via 192.168.0.1');
    expect(await tool('default/web', 'ip', '-6', 'route', 'show', 'default')).toContain('via fd00::1');
    await expect.poll(() => pingPod('web', '192.168.0.5')).toBe(3);
    await expect.poll(() => pingPod('web', 'fd00::5')).toBe(3);
    await tool('default/web', 'ip', 'route', 'replace', 'default', 'via', '192.168.0.77', 'dev', 'eth0');
    expect(await mend()).toEqual([]);
    await tool('default/web', 'ip', 'route', 'delete', 'default');
    expect(await mend()).toEqual(['pod/default/web']);
    await tool('default/web', 'ip', 'link', 'set', 'dev', 'eth0', 'down');
    expect(await mend()).toEqual([]);
    await tool('default/web', 'ip', 'link', 'set', 'dev', 'eth0', 'up');
    expect(await mend()).toEqual(['pod/default/web']);
    await expect.poll(() => pingPod('web', '192.168.0.5')).toBe(3);
  });

  test('a pass with nothing to do runs nothing and writes nothing', async () => {
    const passes = await everywhere({ resources, netnsByPod });
    expect(passes.flatMap(({ changes }) => changes)).toEqual([]);
    expect(ran).toEqual([]);
    expect(passes.map(({ uplinks }) => uplinks)).toEqual(
      names.map(() => [{ network: 'ext', bridge: 'br-ext', nic: 'eth1', mtu: 1500, isUp: true }]),
    );
  });

  test('the NIC with the default route is refused and goes on working', async () => {
    const ProviderNetwork = [...resources.ProviderNetwork, testNetwork('mgmt', { defaultInterface: 'eth0' })];
    const passes = await everywhere({ resources: { ...resources, ProviderNetwork }, netnsByPod });
    expect(passes.flatMap(({ findings }) => findings.map(({ code }) => code))).toEqual([
      'nic-refused',
      'nic-refused',
    ]);
    expect(passes.flatMap(({ changes }) => changes)).toEqual([]);
    expect(await tool('n1', 'ovs-vsctl', 'list-br')).not.toContain('br-mgmt');
  });

  test('a pod gets another address in place', async () => {
    const IP = [addressOf('web', 9), addressOf('db')];
    await writeSwitch(IP);
    const passes = await everywhere({ resources: { ...resources, IP }, netnsByPod });
    expect(passes.flatMap(({ changes }) => changes.map(({ verb, table }) => `${verb} ${table}`))).toEqual([
      'update Interface',
    ]);
    await expect.poll(() => pingPod('db', '192.168.0.9')).toBe(3);
    await expect.poll(() => pingPod('web', 'fd00::5')).toBe(3);
    expect(await tool('default/web', 'ip', '-o', 'address', 'show', 'dev', 'eth0')).not.toContain(
      '192.168.0.4/',
    );
  });

  test('a pod that was made anew is attached anew, and its packets pass', async () => {
    const IP = [addressOf('web', 9), addressOf('db')];
    await lab.deletePod({ namespace: 'default', name: 'web' });
    await lab.createPod({ namespace: 'default', name: 'web' });
    const inputs = { resources: { ...resources, IP }, netnsByPod };
    await expect.poll(async () => (await everywhere(inputs))[0]?.changes.length).toBeGreaterThan(0);
    await agentOf('n1').installed(60_000);
    await expect.poll(() => pingPod('db', '192.168.0.9')).toBe(3);
  });

  test('a pod that another instance attached is a finding on the pod, and the rest goes on', async () => {
    const IP = [addressOf('web', 9), addressOf('db')];
    await lab.createPod({ namespace: 'default', name: 'free' });
    const free = addressOf('web', 7);
    const spec = { ...free.spec, podName: 'free' };
    await using second = await nodeAgent({ host: lab.host('n1'), instance: 'second' });
    const pass = await second.reconcile({
      resources: {
        ...resources,
        ProviderNetwork: [],
        IP: [...IP, { ...free, metadata: testMetadata('free.default'), spec }],
      },
      netnsByPod: new Map([...netnsByPod, ['default/free', 'pod.default.free']]),
    });
    expect(pass.faults).toEqual([]);
    expect(pass.findings).toMatchObject([
      { code: 'nic-in-use', object: { kind: 'Pod', namespace: 'default', name: 'web' } },
    ]);
    expect(pass.attached.map(({ portName }) => portName)).toEqual(['free.default']);
    await second.reconcile({
      resources: { ...resources, ProviderNetwork: [], IP: [] },
      netnsByPod: new Map(),
    });
    expect(second.attached).toEqual([]);
    expect(agentOf('n1').attached.map(({ portName }) => portName)).toEqual(['web.default']);
  });

  test('nothing is left when nothing is wanted any more', async () => {
    const nothing = { ...resources, ProviderNetwork: [], IP: [] };
    await everywhere({ resources: nothing, netnsByPod: new Map() });
    for (const name of names) {
      await expect
        .poll(() =>
          tool(name, 'ovs-vsctl', '--no-heading', '--columns=name', '--format=csv', 'list', 'Interface'),
        )
        .not.toMatch(/bth|br-ext|eth1/);
      const ids = await tool(name, 'ovs-vsctl', 'get', 'Open_vSwitch', '.', 'external_ids');
      expect(ids).not.toContain('ovn-bridge-mappings');
      expect(await tool(name, 'ip', '-o', 'link')).not.toContain('bth');
    }
    expect(await tool('default/db', 'ip', '-o', 'link')).not.toContain('eth0');
    const again = await everywhere({ resources: nothing, netnsByPod: new Map() });
    expect(again.flatMap(({ changes }) => changes)).toEqual([]);
    expect(ran).toEqual([]);
  });

  test('a pod that OVN has no port of is told after its time, one without a namespace at once; neither keeps the others waiting', async () => {
    const lost = (name: string, last: number): IP => {
      const address = addressOf('web', last);
      const spec = { ...address.spec, podName: name };
      return { ...address, metadata: testMetadata(`${name}.default`), spec };
    };
    await lab.createPod({ namespace: 'default', name: 'portless' });
    const IP = [addressOf('web', 9), addressOf('db'), lost('portless', 6), lost('homeless', 8)];
    const more = ['portless', 'homeless'].map((pod) => [`default/${pod}`, `pod.default.${pod}`] as const);
    const inputs = { resources: { ...resources, IP }, netnsByPod: new Map([...netnsByPod, ...more]) };
    const first = await agentOf('n1').reconcile(inputs);
    expect(first.findings).toMatchObject([
      {
        code: 'pod-unattached',
        object: { name: 'homeless' },
        message: expect.stringContaining('pod.default.homeless'),
      },
    ]);
    expect(first.dueInMs).toBeGreaterThan(0);
    expect(first.attached.map(({ portName }) => portName)).toEqual(['portless.default', 'web.default']);
    ran.length = 0;
    expect((await agentOf('n1').reconcile(inputs)).findings).toEqual(first.findings);
    expect(ran).toEqual([]);
    expect(await agentOf('n1').installed(1_500)).toMatchObject([
      { code: 'pod-unattached', object: { name: 'portless' } },
    ]);
    await writeSwitch(IP.slice(0, 3));
    expect(await agentOf('n1').installed(60_000)).toEqual([]);
    await everywhere({ resources: { ...resources, IP: IP.slice(0, 2) }, netnsByPod });
  });
});
