import { type IP, type Pod, resourceSetOf, type Subnet } from '@berth/api';
import type { OvsdbServer } from '@berth/ovsdb/testing';
import { SourceFault } from '@berth/source';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AddRequest } from '../cni/wire.ts';
import { type NodeDatabase, openNodeDatabase } from '../ovs/node-database.ts';
import { idOf, rowNamed } from '../ovs/row.ts';
import { FakeHost } from '../testing/fake-host.ts';
import { testMetadata } from '../testing/resources.ts';
import { startSwitchDatabase } from '../testing/switch-database.ts';
import { addForeignPair } from '../testing/veth.ts';
import { testWorkload } from '../testing/workload.ts';
import { attach } from '../workload/attach.ts';
import { listAttached } from '../workload/attached.ts';
import { hostInterfaceName } from '../workload/workload.ts';
import { Attachments } from './attachments.ts';
import { type AttachTimes, usualAttachTimes } from './place.ts';
import { PortLocks } from './port-locks.ts';

const instance = 'default';
const port = 'web.default';
const hostInterface = hostInterfaceName(port);
const never = new AbortController().signal;

let server: OvsdbServer;
let db: NodeDatabase;
let host: FakeHost;
let attachments: Attachments;
let cluster: { pods: Pod[]; ips: IP[]; subnets: Subnet[]; elsewhere?: IP; fault?: Error };
let changed: () => void;
let stopOvn: () => void;

const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { ...testMetadata('web'), namespace: 'default', uid: 'u-1' },
  spec: { nodeName: 'n1' },
};
const ip: IP = {
  apiVersion: 'kubeovn.io/v1',
  kind: 'IP',
  metadata: testMetadata(port),
  spec: {
    podName: 'web',
    namespace: 'default',
    subnet: 'blue',
    nodeName: 'n1',
    ipAddress: '192.168.0.4,fd00::4',
    macAddress: '0a:00:00:00:00:04',
  },
};
const subnet: Subnet = {
  apiVersion: 'kubeovn.io/v1',
  kind: 'Subnet',
  metadata: testMetadata('blue'),
  spec: { cidrBlock: '192.168.0.0/24,fd00::/64' },
};

/** A sandbox of the pod, with a network namespace of its own. */
function sandbox(id: string, more: Partial<AddRequest> = {}): AddRequest {
  return {
    command: 'ADD',
    network: 'berth',
    attachment: { containerId: id, ifname: 'eth0' },
    netns: `/run/netns/cni-${id}`,
    pod: { namespace: 'default', name: 'web', uid: 'u-1' },
    ...more,
  };
}

const add = (request: AddRequest, signal = never) => attachments.handle(request, signal);
const del = ({ network, attachment, pod: named }: AddRequest) =>
  attachments.handle({ command: 'DEL', network, attachment, pod: named }, never);
const check = (request: AddRequest, addresses = ['192.168.0.4/24', 'fd00::4/64']) =>
  attachments.handle({ ...request, command: 'CHECK', addresses }, never);
const attached = () => listAttached(db.snapshot(), instance).map((each) => each.sandbox?.id ?? each.portName);

/** Plays ovn-controller, which says of each port that it forwards its packets. */
function playOvn(): () => void {
  const install = (): void => {
    for (const row of db.snapshot().table('Interface')) {
      if (idOf(row, 'iface-id') === undefined || idOf(row, 'ovn-installed') !== undefined) continue;
      const mutations = [['external_ids', 'insert', new Map([['ovn-installed', 'true']])]] as const;
      void db
        .transact([{ op: 'mutate', table: 'Interface', where: [['_uuid', '==', row._uuid]], mutations }])
        .catch(() => undefined);
    }
  };
  return db.subscribe(install);
}

/** Plays ovs-vswitchd, which has lost a device. */
async function loseDevice(name: string): Promise<void> {
  await db.transact([
    { op: 'update', table: 'Interface', where: [['name', '==', name]], row: { ifindex: 0 } },
  ]);
}

/** On the database of the test, so that both see the same at any time. */
function attachmentsWith(times: Partial<AttachTimes>): Attachments {
  return new Attachments({
    ...{ host, db, instance, locks: new PortLocks(), times: { ...usualAttachTimes, ...times } },
    pods: {
      async list() {
        if (cluster.fault) throw cluster.fault;
        const resources = resourceSetOf([...cluster.pods, ...cluster.ips, ...cluster.subnets]);
        return { resources, findings: [], epoch: 0, locate: () => undefined };
      },
      async ipNamed(name) {
        return cluster.elsewhere?.metadata.name === name ? cluster.elsewhere : undefined;
      },
      watch(listener) {
        changed = listener;
        return { [Symbol.dispose]: () => undefined };
      },
    },
  });
}

beforeEach(async () => {
  server = await startSwitchDatabase({ datapathType: 'system' });
  db = await openNodeDatabase(server.remote);
  host = new FakeHost('n1', server.remote, [{ name: 'eth0' }]);
  for (const id of ['a', 'b']) host.addNetns(`cni-${id}`);
  cluster = { pods: [pod], ips: [ip], subnets: [subnet] };
  changed = () => undefined;
  attachments = attachmentsWith({});
  stopOvn = playOvn();
});
afterEach(async () => {
  stopOvn();
  await attachments.close();
  await server.stop();
});

describe('ADD', () => {
  test('gives the pod what its IP object says, and notes for whom', async () => {
    expect(await add(sandbox('a', { mtu: 1300 }))).toEqual({
      interfaces: [
        { name: hostInterface, mac: '02:00:00:00:00:02', mtu: 1300 },
        { name: 'eth0', mac: '0a:00:00:00:00:04', mtu: 1300, sandbox: '/run/netns/cni-a' },
      ],
      ips: [
        { address: '192.168.0.4/24', gateway: '192.168.0.1', interface: 1 },
        { address: 'fd00::4/64', gateway: 'fd00::1', interface: 1 },
      ],
      routes: [
        { dst: '0.0.0.0/0', gw: '192.168.0.1' },
        { dst: '::/0', gw: 'fd00::1' },
      ],
    });
    const [row] = listAttached(db.snapshot(), instance);
    expect(row).toMatchObject({
      portName: port,
      netns: 'cni-a',
      interfaceName: 'eth0',
      sandbox: { id: 'a', network: 'berth', podUid: 'u-1' },
      isInstalled: true,
    });
  });

  test('again answers the same and changes nothing', async () => {
    const first = await add(sandbox('a'));
    host.takeWrites();
    expect(await add(sandbox('a'))).toEqual(first);
    expect(host.takeWrites()).toEqual([]);
  });

  test('a static pod is known by the hash that its mirror names', async () => {
    const annotations = { 'kubernetes.io/config.hash': 'u-1' };
    cluster.pods = [{ ...pod, metadata: { ...pod.metadata, uid: 'u-9', annotations } }];
    expect(await add(sandbox('a'))).toMatchObject({ ips: [{}, {}] });
  });

  test('several at once do the work of one', async () => {
    const results = await Promise.all([1, 2, 3].map(() => add(sandbox('a'))));
    expect(new Set(results.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(host.takeWrites().filter((line) => line.startsWith('ip link add'))).toHaveLength(1);
  });

  test('waits for the address', async () => {
    cluster.ips = [];
    const before = changed;
    const adding = add(sandbox('a'));
    await expect.poll(() => changed).not.toBe(before);
    cluster.ips = [ip];
    changed();
    expect(await adding).toMatchObject({ ips: [{ address: '192.168.0.4/24' }, {}] });
  });

  test.each([
    ['no pod', () => ({ pods: [] }), 'no pod/default/web'],
    ['another pod', () => ({ pods: [{ ...pod, metadata: { ...pod.metadata, uid: 'u-2' } }] }), 'another one'],
    ['no IP', () => ({ ips: [] }), 'no ip/web.default'],
    [
      'an IP that goes',
      () => ({ ips: [{ ...ip, metadata: { ...ip.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }] }),
      'no ip/web.default',
    ],
    [
      'an IP elsewhere',
      () => ({ ips: [{ ...ip, spec: { ...ip.spec, nodeName: 'n2' } }] }),
      'bound to node n2',
    ],
    ['no subnet', () => ({ subnets: [] }), 'subnet/blue, which there is not'],
    ['no MAC', () => ({ ips: [{ ...ip, spec: { ...ip.spec, macAddress: '' } }] }), 'has no MAC'],
  ])('%s in time is told, for another try', async (_, change, text) => {
    cluster = { ...cluster, ...change() };
    await expect(attachmentsWith({ addressMs: 50 }).handle(sandbox('a'), never)).rejects.toMatchObject({
      code: 'try-again-later',
      message: expect.stringContaining(text),
      details: expect.stringContaining('kubectl -n default describe pod web'),
    });
    expect(host.takeWrites()).toEqual([]);
  });

  test('ends with the plugin', async () => {
    cluster.ips = [];
    const hungUp = new AbortController();
    const adding = add(sandbox('a'), hungUp.signal);
    hungUp.abort(new Error('hung up'));
    await expect(adding).rejects.toThrow('hung up');
  });

  test('a port that OVN does not install is told, and one that it does install later is found', async () => {
    stopOvn();
    await expect(attachmentsWith({ installMs: 50 }).handle(sandbox('a'), never)).rejects.toMatchObject({
      code: 'port-not-installed',
    });
    stopOvn = playOvn();
    const mutations = [['external_ids', 'insert', new Map([['ovn-installed', 'true']])]] as const;
    const where = [['name', '==', hostInterface]] as const;
    await db.transact([{ op: 'mutate', table: 'Interface', where, mutations }]);
    expect(await add(sandbox('a'))).toMatchObject({ ips: [{}, {}] });
  });

  test('a namespace that is gone, an interface of somebody else, a cluster that is away', async () => {
    await expect(add(sandbox('z'))).rejects.toThrow('No such file');
    await add(sandbox('a'));
    await db.transact([{ op: 'update', table: 'Open_vSwitch', where: [], row: { cur_cfg: 1 } }]);
    await del(sandbox('a'));
    await addForeignPair(host, { name: 'theirs', netns: 'cni-a', mac: '02:00:00:00:00:09', mtu: 1 });
    await expect(add(sandbox('a'))).rejects.toMatchObject({ code: 'interface-taken' });
    cluster.fault = new SourceFault('cluster-unreachable', 'away');
    await expect(add(sandbox('b'))).rejects.toThrow('away');
  });
});

describe('the pod of a virtual machine', () => {
  const owner = {
    ...{ apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance', name: 'vm' },
    ...{ uid: 'i', controller: true },
  };
  const launcher = (labels: Record<string, string>): Pod => ({
    ...pod,
    metadata: { ...pod.metadata, labels, ownerReferences: [owner] },
  });
  const ofMachine = (nodeName: string): IP => ({
    ...ip,
    metadata: testMetadata('vm.default'),
    spec: { ...ip.spec, podName: 'vm', nodeName },
  });
  const migration = { 'kubevirt.io/migrationJobUID': 'm', 'kubevirt.io/nodeName': 'n2' };

  test('is attached to the port of the machine, under its own name', async () => {
    cluster = { ...cluster, pods: [launcher({})], ips: [ofMachine('n1')] };
    expect(await add(sandbox('a'))).toMatchObject({ ips: [{ address: '192.168.0.4/24' }, {}] });
    expect(listAttached(db.snapshot(), instance)).toMatchObject([{ portName: 'vm.default', name: 'web' }]);
    await del(sandbox('a'));
    expect(attached()).toEqual([]);
  });

  test('is made ready for a live migration while the port is another node’s, and waits for nothing', async () => {
    stopOvn();
    cluster = { ...cluster, pods: [launcher(migration)], ips: [], elsewhere: ofMachine('n2') };
    expect(await attachmentsWith({ installMs: 50 }).handle(sandbox('a'), never)).toMatchObject({
      ips: [{ address: '192.168.0.4/24' }, { address: 'fd00::4/64' }],
    });
    await check(sandbox('a'));
    cluster.ips = [ofMachine('n1')];
    await expect(check(sandbox('a'))).rejects.toThrow('ovn-installed is not set');
    stopOvn = playOvn();
  });

  test('that is no target of a migration waits until the port is the node’s', async () => {
    cluster = { ...cluster, pods: [launcher({})], ips: [ofMachine('n2')] };
    const adding = attachmentsWith({ addressMs: 50 }).handle(sandbox('a'), never);
    await expect(adding).rejects.toThrow('ip/vm.default is bound to node n2');
  });
});

describe('a pod’s next sandbox', () => {
  test('takes the port, and the DEL of the one before leaves it alone', async () => {
    await add(sandbox('a'));
    await db.transact([{ op: 'update', table: 'Open_vSwitch', where: [], row: { cur_cfg: 9 } }]);
    await add(sandbox('b'));
    expect(attached()).toEqual(['b']);
    expect([host.hasLink('eth0', 'cni-a'), host.hasLink('eth0', 'cni-b')]).toEqual([false, true]);
    await del(sandbox('a'));
    expect(attached()).toEqual(['b']);
    expect(host.hasLink('eth0', 'cni-b')).toBe(true);
    await del(sandbox('b'));
    expect(attached()).toEqual([]);
  });
});

describe('DEL', () => {
  test('leaves nothing; again, without ADD, and without the namespace is fine', async () => {
    await del(sandbox('a'));
    await add(sandbox('a'));
    host.removeNetns('cni-a');
    await del(sandbox('a'));
    await del(sandbox('a'));
    expect(attached()).toEqual([]);
    expect(rowNamed(db.snapshot(), 'Port', hostInterface)).toBeUndefined();
    expect(host.hasLink(hostInterface)).toBe(false);
  });

  test('removes what an agent that died had begun', async () => {
    await addForeignPair(host, { name: hostInterface, netns: 'cni-a', mac: '0a:00:00:00:00:04', mtu: 1440 });
    await del(sandbox('a'));
    expect([host.hasLink(hostInterface), host.hasLink('eth0', 'cni-a')]).toEqual([false, false]);
  });

  test('of another interface or network touches nothing', async () => {
    await add(sandbox('a'));
    await del(sandbox('a', { attachment: { containerId: 'a', ifname: 'net1' } }));
    await del(sandbox('a', { network: 'other' }));
    expect(attached()).toEqual(['a']);
  });
});

describe('what is left behind', () => {
  /** A pod that was attached on nobody's behalf. */
  async function attachOther(): Promise<void> {
    const workload = testWorkload('db', ['192.168.0.5/24']);
    host.addNetns(workload.netns);
    await attach({ host, db, instance, workload, installTimeoutMs: 0 });
  }

  test('GC removes what is not valid, of its own network', async () => {
    await attachOther();
    await add(sandbox('a'));
    const collect = (network: string, ...valid: AddRequest['attachment'][]) =>
      attachments.handle({ command: 'GC', network, valid }, never);
    await collect('other');
    await collect('berth', { containerId: 'a', ifname: 'eth0' }, { containerId: 'x', ifname: 'eth0' });
    expect(attached()).toEqual(['db.default', 'a']);
    await collect('berth', { containerId: 'a', ifname: 'net1' });
    expect(attached()).toEqual(['db.default']);
  });

  test('a sandbox that is gone without DEL is swept, one that is there is not', async () => {
    await attachOther();
    await add(sandbox('a'));
    expect(await attachments.sweep()).toEqual([]);
    await loseDevice(hostInterface);
    await loseDevice(hostInterfaceName('db.default'));
    expect(await attachments.sweep()).toEqual([]);
    host.removeNetns('cni-a');
    expect(await attachments.sweep()).toEqual(['pod/default/web']);
    expect(attached()).toEqual(['db.default']);
  });
});

describe('routes of a pod that runs', () => {
  const asking = (routes: string): Pod => {
    const annotations = { 'ovn.kubernetes.io/routes': routes };
    return { ...pod, metadata: { ...pod.metadata, annotations } };
  };

  test('follow what it asks for, and nothing else of it does', async () => {
    await add(sandbox('a', { mtu: 1300 }));
    host.takeWrites();
    expect([await attachments.follow(), host.ran]).toEqual([[], []]);
    cluster.pods = [asking('[{"dst":"10.0.0.0/8","gw":"192.168.0.9"},{"gw":"fd00::9"}]')];
    await expect(check(sandbox('a', { mtu: 1300 }))).rejects.toMatchObject({ code: 'not-as-made' });
    host.takeWrites();
    expect(await attachments.follow()).toEqual(['pod/default/web']);
    expect(host.takeWrites()).toEqual([
      'cni-a: ip -4 route replace 10.0.0.0/8 via 192.168.0.9 dev eth0 proto 98',
      'cni-a: ip -6 route replace default via fd00::9 dev eth0 proto 98',
    ]);
    await check(sandbox('a', { mtu: 1300 }));
    host.takeWrites();
    expect([await attachments.follow(), host.ran]).toEqual([[], []]);
    cluster.pods = [pod];
    expect(await attachments.follow()).toEqual(['pod/default/web']);
    expect(host.takeWrites()).toEqual([
      'cni-a: ip -4 route delete 10.0.0.0/8 via 192.168.0.9 dev eth0 proto 98',
      'cni-a: ip -6 route replace default via fd00::1 dev eth0 proto 98',
    ]);
    cluster.ips = [{ ...ip, spec: { ...ip.spec, ipAddress: '192.168.0.5,fd00::4' } }];
    cluster.pods = [asking('[{"dst":"10.0.0.0/8","gw":"192.168.0.9"}]')];
    expect([await attachments.follow(), host.takeWrites()]).toEqual([[], []]);
    cluster.ips = [{ ...ip, spec: { ...ip.spec, ipAddress: '192.168.0.4' } }];
    expect([await attachments.follow(), host.takeWrites()]).toEqual([[], []]);
  });

  test('of another pod of the name are not those of the one that was attached', async () => {
    await add(sandbox('a'));
    const next = asking('[{"dst":"10.0.0.0/8","gw":"192.168.0.9"}]');
    cluster.pods = [{ ...next, metadata: { ...next.metadata, uid: 'u-2' } }];
    expect(await attachments.follow()).toEqual([]);
  });

  test('that somebody else has made in their place stay, which CHECK tells', async () => {
    await add(sandbox('a'));
    const theirs = ['ip', '-4', 'route', 'replace', '10.0.0.0/8', 'via', '192.168.0.77', 'dev', 'eth0'];
    await host.run(theirs, { netns: 'cni-a' });
    cluster.pods = [asking('[{"dst":"10.0.0.0/8","gw":"192.168.0.9"}]')];
    host.takeWrites();
    await add(sandbox('a'));
    expect(host.takeWrites()).toEqual([]);
    await expect(check(sandbox('a'))).rejects.toThrow(
      '10.0.0.0/8 leads elsewhere than to 192.168.0.9, by a route that is not ours',
    );
  });
});

describe('CHECK', () => {
  test('changes nothing where all is well', async () => {
    await add(sandbox('a'));
    host.takeWrites();
    expect(await check(sandbox('a'))).toBeUndefined();
    expect(host.takeWrites()).toEqual([]);
  });

  test('tells everything that is off, and ADD mends it', async () => {
    await add(sandbox('a'));
    await host.run(['ip', '-4', 'address', 'flush', 'dev', 'eth0', 'scope', 'global'], { netns: 'cni-a' });
    await expect(check(sandbox('a'), ['192.168.0.4/24'])).rejects.toMatchObject({
      code: 'not-as-made',
      message: expect.stringContaining('fd00::4/64'),
      details: expect.stringContaining('ip address add 192.168.0.4/24 dev eth0'),
    });
    await add(sandbox('a'));
    await check(sandbox('a'));
  });

  test.each([
    ['a pod that is gone', () => (cluster.pods = []), 'no pod/default/web'],
    ['a device that is gone', () => loseDevice(hostInterface), 'has lost'],
    [
      'an interface that is gone',
      () => host.run(['ip', 'link', 'delete', 'dev', hostInterface]),
      'there is no eth0',
    ],
  ])('%s', async (_, breakIt, text) => {
    await add(sandbox('a'));
    await breakIt();
    await expect(check(sandbox('a'))).rejects.toMatchObject({
      code: 'not-as-made',
      message: expect.stringContaining(text),
    });
  });

  test('of a container that has nothing of ours', async () => {
    await add(sandbox('a'));
    await expect(check(sandbox('b'))).rejects.toMatchObject({ code: 'unknown-container' });
  });
});

describe('STATUS', () => {
  const status = () => attachments.handle({ command: 'STATUS' }, never);

  test('says what is missing', async () => {
    await expect(status()).rejects.toMatchObject({
      code: 'not-available',
      message: expect.stringContaining('ovn-controller does not answer'),
    });
    await db.transact([{ op: 'update', table: 'Open_vSwitch', where: [], row: { bridges: new Set() } }]);
    await expect(status()).rejects.toMatchObject({ code: 'limited-connectivity' });
    await server.kill();
    await expect
      .poll(() => status().catch(({ message }: Error) => message))
      .toContain('Open_vSwitch database does not answer');
    await server.start();
  });
});
