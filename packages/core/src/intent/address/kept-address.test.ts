import type { IP, Pod, Resource } from '@berth/api';
import { expect, test } from 'vitest';
import { fieldFabric, fieldStoryWith } from '../../testing/field-story.ts';
import { programmed } from '../../testing/program.ts';
import { ip, namespace, pod, subnet } from '../../testing/resources.ts';
import { settle } from '../../testing/settle.ts';

const [early, late] = ['2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z'];

/** Annotations of Kube-OVN's by their last word, and what an API server gives. */
type Asking = {
  readonly ip_address?: string;
  readonly mac_address?: string;
  readonly logical_switch?: string;
  readonly logical_router?: string;
};
type Made = Partial<Pod['metadata']>;

function asking(words: Asking, made: Made): Pod {
  const annotations = Object.fromEntries(
    Object.entries({ logical_switch: 'vpc1-subnet1', ...words })
      .filter(([, text]) => text !== '')
      .map(([word, text]) => [`ovn.kubernetes.io/${word}`, text]),
  );
  return pod('zz', { node: 'vnode-103-176' }, { annotations, ...made });
}

/** The IP with 192.168.0.77. */
function stored(creationTimestamp: string | undefined, annotations: Record<string, string> = {}): IP {
  const spec = {
    ...{ subnet: 'vpc1-subnet1', podName: 'zz', namespace: 'default', nodeName: 'vnode-103-176' },
    ...{ ipAddress: '192.168.0.77', v4IpAddress: '192.168.0.77', macAddress: '0a:00:00:00:00:77' },
  };
  return ip('zz.default', spec, { annotations, ...(creationTimestamp && { creationTimestamp }) });
}

function settled(one: Pod, ...others: readonly Resource[]) {
  const { resources, findings, intent } = settle(fieldStoryWith(one, ...others), fieldFabric);
  const got = resources.IP.find(({ metadata: { name } }) => /^(zz|vm)\.default$/.test(name));
  const ports = intent.vpcs.flatMap(({ subnets }) => subnets.flatMap((each) => each.ports));
  const port = ports.find(({ name }) => name === got?.metadata.name);
  return {
    got,
    address: `${got?.spec.subnet} ${got?.spec.v4IpAddress} ${got?.spec.macAddress}`,
    port: `${port?.addresses.join()} ${port?.mac}`,
    told: findings.map(({ code, field = '' }) => `${code} ${field.replace(/^.*[/](.*)'\]$/, '$1')}`),
  };
}

const noted = 'berth.dev/pod-uid';
const wish: Asking = { ip_address: '192.168.0.88', mac_address: '0a:00:00:00:00:88' };
const former = 'vpc1-subnet1 192.168.0.77 0a:00:00:00:00:77';
const wished = 'vpc1-subnet1 192.168.0.88 0a:00:00:00:00:88';
const other = subnet('other', { vpc: 'vpc1', cidrBlock: '172.30.0.0/24' });
const first: Made = { uid: 'a', creationTimestamp: early };
const ofFirst = stored(late, { [noted]: 'a' });

test('a pod keeps the address and the MAC it was given whatever it asks for later, and is told so', () => {
  const { address, port, told } = settled(asking(wish, first), ofFirst);
  expect(address).toBe(former);
  expect(port).toBe('192.168.0.77 0a:00:00:00:00:77');
  expect(told).toEqual(['annotation-waits ip_address', 'annotation-waits mac_address']);
});

test('an annotation that says what the pod has is nothing to tell, nor one that is taken away', () => {
  for (const words of [{ ip_address: '192.168.0.77', mac_address: '0A:00:00:00:00:77' }, {}]) {
    const { address, told } = settled(asking(words, first), ofFirst);
    expect([address, told]).toEqual([former, []]);
  }
});

test('a pod stays in its subnet whatever subnet it, or its namespace, asks for later', () => {
  const moved = { logical_switch: 'other', ip_address: '172.30.0.9' };
  expect(settled(asking(moved, first), ofFirst, other)).toMatchObject({
    address: former,
    told: expect.arrayContaining(['annotation-waits ip_address', 'annotation-waits logical_switch']),
  });
  const nowhere = settled(asking({ logical_switch: 'nowhere' }, first), ofFirst, other);
  expect([nowhere.address, nowhere.port, nowhere.told]).toEqual([
    former,
    '192.168.0.77 0a:00:00:00:00:77',
    ['reference-not-found logical_switch'],
  ]);
  const outside = settled(asking({ logical_switch: 'external0' }, first), ofFirst, other);
  expect([outside.address, outside.told]).toEqual([former, ['annotation-waits logical_switch']]);
  const annotations = { 'ovn.kubernetes.io/logical_switch': 'other' };
  const rebound = namespace('default', { annotations });
  const ofNamespace = settled(asking({ logical_switch: '' }, first), ofFirst, other, rebound);
  expect([ofNamespace.address, ofNamespace.told]).toEqual([former, []]);
  const anew = settled(asking({ logical_switch: '' }, { uid: 'b' }), ofFirst, other, rebound);
  expect(anew.address).toMatch(/^other 172\.30\.0\./);
});

test('a pod that was made anew under the name gets what it asks for, and keeps that', () => {
  const anew = asking(wish, { uid: 'b', creationTimestamp: late });
  for (const before of [stored(early), ofFirst]) {
    const { got, address, told } = settled(anew, before);
    expect([address, told]).toEqual([wished, []]);
    expect(got?.metadata.annotations[noted]).toBe('b');
    const changed = asking({ ip_address: '192.168.0.99' }, { uid: 'b', creationTimestamp: late });
    expect(settled(changed, got as IP).address).toBe(wished);
  }
});

test('an address of which nothing is noted is of the pod that was there before it', () => {
  const { got, address } = settled(asking(wish, first), stored(late));
  expect(address).toBe(former);
  expect(got?.metadata.annotations[noted]).toBe('a');
});

test('the IP that is made for a pod says which pod it is for', () => {
  const { got, address } = settled(asking(wish, first));
  expect([address, got?.metadata.annotations[noted]]).toEqual([wished, 'a']);
});

test('a pod without a uid, as in a folder, says what is wanted now', () => {
  const { got, address, told } = settled(asking(wish, {}), ofFirst);
  expect([address, told]).toEqual([wished, []]);
  const moved = settled(asking({ logical_switch: 'other' }, {}), got as IP, other);
  expect(moved.address).toMatch(/^other 172\.30\.0\./);
});

test('an address that the subnet does not have any more is not kept', () => {
  const { spec, ...rest } = ofFirst;
  const elsewhere = { ...rest, spec: { ...spec, v4IpAddress: '172.16.0.7', ipAddress: '172.16.0.7' } };
  expect(settled(asking(wish, first), elsewhere)).toMatchObject({ address: wished, told: [] });
});

test('a family that the pod has no address of yet may be asked for', () => {
  const both = subnet('both', { vpc: 'vpc1', cidrBlock: '172.30.0.0/24,fd00:30::/64' });
  const inBoth = { ...ofFirst, spec: { ...ofFirst.spec, subnet: 'both', v4IpAddress: '172.30.0.7' } };
  const words = { logical_switch: 'both', ip_address: '172.30.0.8,fd00:30::8' };
  const { got, told } = settled(asking(words, first), inBoth, both);
  expect(got?.spec.ipAddress).toBe('172.30.0.7,fd00:30::8');
  expect(told).toEqual(['annotation-waits ip_address']);
});

test('a pod whose IP object is lost keeps what its port in NB has', () => {
  const before = fieldStoryWith(asking({ ip_address: '192.168.0.77' }, first));
  const northbound = programmed(before, fieldFabric);
  const changed = fieldStoryWith(asking(wish, first));
  const { resources } = settle(changed, { ...fieldFabric, northbound });
  const got = resources.IP.find(({ metadata }) => metadata.name === 'zz.default');
  expect(got?.spec.v4IpAddress).toBe('192.168.0.77');
  expect(got?.metadata.annotations[noted]).toBe('a');
  const folder = settle(fieldStoryWith(asking(wish, {})), { ...fieldFabric, northbound });
  expect(folder.resources.IP.find(({ metadata }) => metadata.name === 'zz.default')?.spec.v4IpAddress).toBe(
    '192.168.0.88',
  );
});

test('the machine in a pod keeps its address while it is moved, and asks anew when it is started again', () => {
  const launcher = (name: string, uid: string, made: Made, words: Asking): Pod => {
    const one = asking(words, made);
    const owner = { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance', name: 'vm', uid };
    const ownerReferences = [{ ...owner, controller: true }];
    return { ...one, metadata: { ...one.metadata, name: `virt-launcher-vm-${name}`, ownerReferences } };
  };
  const started = settled(launcher('a', 'i', first, { ip_address: '192.168.0.77' }));
  expect(started.got?.metadata).toMatchObject({ name: 'vm.default', annotations: { [noted]: 'i' } });
  const labels = { 'kubevirt.io/migrationJobUID': 'm', 'kubevirt.io/nodeName': 'vnode-103-176' };
  const target = launcher('b', 'i', { uid: 'b', creationTimestamp: late, labels }, wish);
  const moved = settled(target, started.got as IP);
  expect(moved.got?.spec.v4IpAddress).toBe('192.168.0.77');
  expect(moved.told).toEqual(['annotation-waits ip_address', 'annotation-waits mac_address']);
  const { [noted]: _, ...unnoted } = started.got?.metadata.annotations ?? {};
  const older = {
    ...(started.got as IP),
    metadata: { ...(started.got as IP).metadata, annotations: unnoted, creationTimestamp: early },
  };
  expect(settled(target, older).got?.spec.v4IpAddress).toBe('192.168.0.77');
  const again = settled(launcher('c', 'j', { uid: 'c', creationTimestamp: late }, wish), moved.got as IP);
  expect([again.got?.spec.v4IpAddress, again.told]).toEqual(['192.168.0.88', []]);
});
