import { openDatabase } from '@berth/ovsdb';
import type { OvsdbServer } from '@berth/ovsdb/testing';
import type { Operation } from '@berth/ovsdb/value';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type NodeDatabase, openNodeDatabase } from '../ovs/node-database.ts';
import { idOf, interfacesOn, rowNamed } from '../ovs/row.ts';
import { FakeHost } from '../testing/fake-host.ts';
import { startSwitchDatabase } from '../testing/switch-database.ts';
import { addForeignPair } from '../testing/veth.ts';
import { testWorkload } from '../testing/workload.ts';
import { attach, detach, whenInstalled } from './attach.ts';
import { listAttached } from './attached.ts';
import { hostInterfaceName } from './workload.ts';

let server: OvsdbServer;
let db: NodeDatabase;
let host: FakeHost;
const instance = 'default';
const web = testWorkload('web', ['192.168.0.4/24', 'fd00:0:0:1::4/64'], ['192.168.0.1', 'fd00:0:0:1::1']);
const webInterface = hostInterfaceName(web.portName);

/** Plays a part of ovs-vswitchd or ovn-controller. */
async function play(...operations: readonly Operation[]): Promise<void> {
  await using other = await openDatabase({ remotes: [server.remote], database: 'Open_vSwitch' });
  await other.transact(operations);
}

function setIds(name: string, ids: Record<string, string>): Operation {
  const mutations = [['external_ids', 'insert', new Map(Object.entries(ids))]] as const;
  return { op: 'mutate', table: 'Interface', where: [['name', '==', name]], mutations };
}

function bridgePorts(): readonly string[] {
  const bridge = rowNamed(db.snapshot(), 'Bridge', 'br-int');
  return bridge ? [...interfacesOn(db.snapshot(), bridge)].sort() : [];
}

/** After so long something does not come about any more. */
const longMs = 60_000;
const quick = { installTimeoutMs: 0 };

beforeEach(async () => {
  server = await startSwitchDatabase({ externalIds: { 'ovn-encap-ip': '198.19.0.11' } });
  db = await openNodeDatabase(server.remote);
  host = new FakeHost('node-1', server.remote, [{ name: 'under', addresses: ['198.19.0.11/24'] }]);
  host.addNetns(web.netns);
});

afterEach(async () => {
  await db.close();
  await server.stop();
});

describe('attach', () => {
  test('makes the pair, then the port with its names, and is done when ovn-controller says so', async () => {
    const attaching = attach({ host, db, instance, workload: web });
    expect(
      await db.until((snapshot) => rowNamed(snapshot, 'Interface', webInterface) !== undefined, longMs),
    ).toBe(true);
    await play(setIds(webInterface, { 'ovn-installed': 'true' }));
    const { changes, findings } = await attaching;
    expect(findings).toEqual([]);
    expect(changes.map(({ verb, table }) => `${verb} ${table}`)).toEqual(['insert Port', 'insert Interface']);
    expect(bridgePorts()).toEqual(['br-int', webInterface]);
    const row = rowNamed(db.snapshot(), 'Interface', webInterface) ?? expect.fail();
    expect(idOf(row, 'iface-id')).toBe('web.default');
    expect(idOf(row, 'pod_namespace')).toBe('default');
    expect(idOf(row, 'ip')).toBe('192.168.0.4,fd00:0:0:1::4');
    expect(host.takeWrites()).toEqual([
      `ip link add dev ${webInterface} mtu 1440 type veth peer name eth0 mtu 1440 address 0a:00:00:00:00:04 netns pod.default.web`,
      `ethtool -K ${webInterface} tx off gso off tso off gro off`,
      'pod.default.web: ethtool -K eth0 tx off gso off tso off gro off',
      'pod.default.web: sysctl -qw net/ipv6/conf/eth0/disable_ipv6=0 net/ipv6/conf/eth0/accept_dad=0 net/ipv6/conf/eth0/accept_ra=0 net/ipv6/conf/eth0/keep_addr_on_down=1',
      `ip link set dev ${webInterface} mtu 1440 up`,
      'pod.default.web: ip link set dev eth0 up',
      'pod.default.web: ip address add 192.168.0.4/24 dev eth0',
      'pod.default.web: ip -4 route replace default via 192.168.0.1 dev eth0 proto 98',
      'pod.default.web: ip address add fd00:0:0:1::4/64 dev eth0 nodad',
      'pod.default.web: ip -6 route replace default via fd00:0:0:1::1 dev eth0 proto 98',
    ]);
  });

  test('again changes nothing, and ovn-controller keeps its notes', async () => {
    await attach({ host, db, instance, workload: web, ...quick });
    await play(setIds(webInterface, { 'ovn-installed': 'true' }));
    host.takeWrites();
    const again = await attach({ host, db, instance, workload: web });
    expect(again.changes).toEqual([]);
    expect(host.takeWrites()).toEqual([]);
    expect(listAttached(db.snapshot(), instance)).toMatchObject([
      { portName: 'web.default', isInstalled: true },
    ]);
  });

  test('with another address and MAC corrects the interface in place', async () => {
    await attach({ host, db, instance, workload: web, ...quick });
    host.takeWrites();
    const moved = testWorkload(
      'web',
      ['192.168.0.9/24', 'fd00:0:0:1::4/64'],
      ['192.168.0.1', 'fd00:0:0:1::1'],
      '0a:00:00:00:00:09',
    );
    const { changes } = await attach({ host, db, instance, workload: moved, ...quick });
    expect(changes.map(({ verb, table }) => `${verb} ${table}`)).toEqual(['update Interface']);
    expect(host.takeWrites()).toEqual([
      'pod.default.web: ip link set dev eth0 address 0a:00:00:00:00:09',
      'pod.default.web: ip -4 route delete default via 192.168.0.1 dev eth0 proto 98',
      'pod.default.web: ip -4 address flush dev eth0 scope global',
      'pod.default.web: ip address add 192.168.0.9/24 dev eth0',
      'pod.default.web: ip -4 route replace default via 192.168.0.1 dev eth0 proto 98',
    ]);
    await attach({ host, db, instance, workload: moved, ...quick });
    expect(host.takeWrites()).toEqual([]);
  });

  test('after a pod was made anew lets the switch forget the old device first', async () => {
    await attach({ host, db, instance, workload: web, ...quick });
    host.removeNetns(web.netns);
    host.addNetns(web.netns);
    host.takeWrites();
    const attaching = attach({ host, db, instance, workload: web, ...quick });
    expect(
      await db.until((snapshot) => rowNamed(snapshot, 'Interface', webInterface) === undefined, longMs),
    ).toBe(true);
    expect(host.takeWrites()).toEqual([]);
    await play({ op: 'update', table: 'Open_vSwitch', where: [], row: { cur_cfg: 1 } });
    await attaching;
    expect(host.takeWrites()[0]).toContain(`ip link add dev ${webInterface}`);
    expect(bridgePorts()).toEqual(['br-int', webInterface]);
  });

  test('is a fault that names the port when ovn-controller does not install it', async () => {
    await expect(attach({ host, db, instance, workload: web, installTimeoutMs: 50 })).rejects.toMatchObject({
      code: 'port-not-installed',
      message: expect.stringContaining('web.default'),
    });
    expect(bridgePorts()).toContain(webInterface);
  });

  test('leaves an interface alone that somebody else put into the pod', async () => {
    await addForeignPair(host, { name: 'other0', netns: web.netns, mac: '0a:00:00:00:00:aa', mtu: 1500 });
    host.takeWrites();
    await expect(attach({ host, db, instance, workload: web, ...quick })).rejects.toMatchObject({
      code: 'interface-taken',
    });
    expect(host.takeWrites()).toEqual([]);
    expect(bridgePorts()).toEqual(['br-int']);
  });

  test('leaves a pod as it is that another instance has attached', async () => {
    await attach({ host, db, instance: 'second', workload: web, ...quick });
    host.takeWrites();
    const moved = { ...web, addresses: testWorkload('web', ['192.168.0.77/24']).addresses };
    await expect(attach({ host, db, instance, workload: moved, ...quick })).rejects.toMatchObject({
      code: 'interface-taken',
      pod: { namespace: web.namespace, name: web.name },
    });
    expect(host.takeWrites()).toEqual([]);
  });

  test('touches no port of another workload, instance or program', async () => {
    const other = testWorkload('other', ['192.168.0.5/24']);
    host.addNetns(other.netns);
    await attach({ host, db, instance: 'second', workload: other, ...quick });
    await attach({ host, db, instance, workload: web, ...quick });
    await detach({ host, db, instance, portName: web.portName });
    expect(bridgePorts()).toEqual(['br-int', hostInterfaceName(other.portName)]);
  });
});

describe('detach', () => {
  test('leaves nothing, and again is fine', async () => {
    await attach({ host, db, instance, workload: web, ...quick });
    const { changes } = await detach({ host, db, instance, portName: web.portName });
    expect(changes.map(({ verb, table }) => `${verb} ${table}`)).toEqual(['delete Interface', 'delete Port']);
    expect(bridgePorts()).toEqual(['br-int']);
    expect([...db.snapshot().table('Interface')]).toHaveLength(1);
    expect(host.hasLink(webInterface)).toBe(false);
    expect(host.hasLink('eth0', web.netns)).toBe(false);
    expect((await detach({ host, db, instance, portName: web.portName })).changes).toEqual([]);
  });

  test('removes the port when the interface is gone, and the interface when the port is gone', async () => {
    await attach({ host, db, instance, workload: web, ...quick });
    host.removeNetns(web.netns);
    await detach({ host, db, instance, portName: web.portName });
    expect(bridgePorts()).toEqual(['br-int']);
    host.addNetns(web.netns);
    await play({ op: 'update', table: 'Open_vSwitch', where: [], row: { cur_cfg: 1 } });
    await attach({ host, db, instance, workload: web, ...quick });
    const ports =
      [...db.snapshot().table('Port')].find((row) => row['name'] === webInterface) ?? expect.fail();
    await play({
      op: 'mutate',
      table: 'Bridge',
      where: [['name', '==', 'br-int']],
      mutations: [['ports', 'delete', new Set([ports._uuid])]],
    });
    expect(await db.until((snapshot) => !rowNamed(snapshot, 'Port', webInterface), longMs)).toBe(true);
    await detach({ host, db, instance, portName: web.portName });
    expect(host.hasLink(webInterface)).toBe(false);
  });
});

test('waiting for ports ends with the caller', async () => {
  const aborting = new AbortController();
  const waiting = whenInstalled({ host, db, instance }, ['nobody'], 60_000, aborting.signal);
  aborting.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
});
