import { type IP, type Pod, resourceSetOf, type Subnet } from '@berth/api';
import type { OvsdbServer } from '@berth/ovsdb/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type NodeDatabase, openNodeDatabase } from '../ovs/node-database.ts';
import { FakeHost } from '../testing/fake-host.ts';
import { testMetadata } from '../testing/resources.ts';
import { startSwitchDatabase } from '../testing/switch-database.ts';
import { attach } from '../workload/attach.ts';
import { findWorkload } from './find-workload.ts';
import { mendShare, turnsForAll } from './mend-share.ts';
import { usualAttachTimes } from './place.ts';
import { PortLocks } from './port-locks.ts';

const instance = 'default';
const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { ...testMetadata('web'), namespace: 'default', uid: 'u-1' },
  spec: { nodeName: 'n1' },
};
const subnet: Subnet = {
  apiVersion: 'kubeovn.io/v1',
  kind: 'Subnet',
  metadata: testMetadata('blue'),
  spec: { cidrBlock: '192.168.0.0/24,fd00::/64' },
};
const ipWith = (ipAddress: string): IP => ({
  apiVersion: 'kubeovn.io/v1',
  kind: 'IP',
  metadata: testMetadata('web.default'),
  spec: {
    ...{ podName: 'web', namespace: 'default', subnet: 'blue', nodeName: 'n1', ipAddress },
    macAddress: '0a:00:00:00:00:04',
  },
});

let server: OvsdbServer;
let db: NodeDatabase;
let host: FakeHost;
let resources: ReturnType<typeof resourceSetOf>;

beforeEach(async () => {
  server = await startSwitchDatabase({ datapathType: 'system' });
  db = await openNodeDatabase(server.remote);
  host = new FakeHost('n1', server.remote, [{ name: 'eth0' }]);
  host.addNetns('cni-a');
  resources = resourceSetOf([pod, ipWith('192.168.0.4,fd00::4'), subnet]);
  const { workload } = findWorkload(resources, 'n1', {
    ...{
      pod: { namespace: 'default', name: 'web', uid: 'u-1' },
      network: 'berth',
      netns: '/run/netns/cni-a',
    },
    ...{ attachment: { containerId: 'a', ifname: 'eth0' }, mtu: 1300 },
  });
  if (!workload) throw new Error('no workload');
  await attach({ host, db, instance, workload, installTimeoutMs: 0 });
  host.takeWrites();
});
afterEach(async () => {
  await db.close();
  await server.stop();
});

/** A program that somebody runs inside the pod. */
async function inside(...argv: string[]): Promise<void> {
  await host.run(['ip', ...argv], { netns: 'cni-a' });
  host.takeWrites();
}

/** What comes of as many turns as it takes to look into every pod, and what was run. */
async function mended(): Promise<readonly unknown[]> {
  const list = async () => ({ resources, findings: [], epoch: 0, locate: () => undefined });
  const pods = { list, ipNamed: async () => undefined, watch: () => ({ [Symbol.dispose]: () => undefined }) };
  const place = {
    ...{ host, db, instance, locks: new PortLocks(), times: usualAttachTimes },
    pods: { ...pods, close: async () => undefined },
  };
  const told: unknown[] = [];
  for (let turn = 0; turn < turnsForAll; turn++) {
    const { pods: names, faults } = await mendShare(place, turn);
    told.push(...names, ...faults);
  }
  return [...told, ...host.takeWrites()];
}

test('what somebody took away in a pod comes back, with nothing else changed', async () => {
  expect(await mended()).toEqual([]);
  await inside('-4', 'address', 'flush', 'dev', 'eth0', 'scope', 'global');
  expect(await mended()).toEqual([
    'pod/default/web',
    'cni-a: ip address add 192.168.0.4/24 dev eth0',
    'cni-a: ip -4 route replace default via 192.168.0.1 dev eth0 proto 98',
  ]);
  expect(await mended()).toEqual([]);
});

test('it stays away where the interface is not as it was given, or the pod is to have another address', async () => {
  await inside('-4', 'address', 'flush', 'dev', 'eth0', 'scope', 'global');
  await inside('link', 'set', 'dev', 'eth0', 'address', '0a:00:00:00:00:99');
  expect(await mended()).toEqual([]);
  await inside('link', 'set', 'dev', 'eth0', 'address', '0a:00:00:00:00:04');
  resources = resourceSetOf([pod, ipWith('192.168.0.5,fd00::4'), subnet]);
  expect(await mended()).toEqual([]);
});

test('a pod that cannot be looked into is told', async () => {
  host.removeNetns('cni-a');
  expect(await mended()).toEqual([expect.objectContaining({ code: 'host-command-failed' })]);
});
