import type { Pod, Resource } from '@berth/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eip, fip, ip, node, pod, subnet, vpc } from '../../testing/resources.ts';
import { settle } from '../../testing/settle.ts';
import { holderOf, isArriving } from './machine.ts';
import { portHolders, portName } from './port-holder.ts';

const network: readonly Resource[] = [
  vpc('vpc1'),
  subnet('a', { vpc: 'vpc1', cidrBlock: '10.0.0.0/24' }),
  ...['n1', 'n2', 'n3'].map((name) => node(name)),
];

type Launcher = {
  readonly node?: string;
  /** Minutes after the first. */
  readonly age?: number;
  readonly uid?: string;
  readonly labels?: Record<string, string>;
  readonly ready?: boolean;
  readonly phase?: string;
};

/** A pod as KubeVirt makes it, of the machine `vm`. */
function launcher(
  name: string,
  { node = 'n1', age = 0, uid = 'i', labels = {}, ready, phase }: Launcher = {},
): Pod {
  const owner = {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    name: 'vm',
    uid,
    controller: true,
  };
  const made = pod(`virt-launcher-vm-${name}`, { subnet: 'a', node });
  return {
    ...made,
    metadata: {
      ...made.metadata,
      ownerReferences: [owner],
      labels: { 'kubevirt.io': 'virt-launcher', 'kubevirt.io/created-by': uid, ...labels },
      annotations: {
        ...made.metadata.annotations,
        'kubevirt.io/domain': 'vm',
        ...(ready && { 'kubevirt.io/migration-target-ready-timestamp': '2026-01-01 00:00:00 +0000 UTC' }),
      },
      creationTimestamp: `2026-01-01T00:0${age}:00Z`,
    },
    ...(phase !== undefined && { status: { phase } }),
  };
}

const on = (node: string) => ({ 'kubevirt.io/nodeName': node });
/** The target of a migration: made with the machine's labels, so with the node of the source. */
const target = (from = 'n1') => ({ ...on(from), 'kubevirt.io/migrationJobUID': 'm' });

const source = launcher('a', { labels: on('n1') });

/** The IP of the machine, as `node address podName podType`. */
function addresses(...objects: readonly Resource[]): readonly string[] {
  return settle([...network, ...objects]).resources.IP.map(
    ({ metadata, spec }) =>
      `${metadata.name} ${spec.nodeName} ${spec.v4IpAddress} ${spec.podName} ${spec.podType}`,
  );
}

describe('the pod of a virtual machine', () => {
  it('has the address and the port of the machine', () => {
    expect(addresses(source)).toEqual(['vm.default n1 10.0.0.2 vm VirtualMachine']);
    expect(addresses(pod('web', { subnet: 'a', node: 'n1' }))).toEqual([
      'web.default n1 10.0.0.2 web undefined',
    ]);
  });

  it('is known by who controls it, and by nothing else', () => {
    const [owner] = source.metadata.ownerReferences;
    if (!owner) throw new Error('no owner');
    const named = (change: object): string =>
      portName({ ...source, metadata: { ...source.metadata, ownerReferences: [{ ...owner, ...change }] } });
    expect(named({})).toBe('vm.default');
    const own = 'virt-launcher-vm-a.default';
    expect([{ kind: 'Pod' }, { apiVersion: 'example.org/v1' }, { controller: false }].map(named)).toEqual([
      own,
      own,
      own,
    ]);
  });

  it('shares its name with no pod that is called so: one of the two is told', () => {
    const { findings } = settle([...network, source, pod('vm', { subnet: 'a', node: 'n2' })]);
    expect(findings.map(({ code }) => code)).toEqual(['name-taken']);
  });
});

describe('a live migration', () => {
  const coming = launcher('b', { node: 'n2', age: 1, labels: target() });

  it('leaves the port where the guest is, and moves it with the guest', () => {
    const settled = settle([...network, source]).resources.IP;
    expect(addresses(...settled, source, coming)).toEqual(['vm.default n1 10.0.0.2 vm VirtualMachine']);
    const moved = ['vm.default n2 10.0.0.2 vm VirtualMachine'];
    const ready = launcher('b', { node: 'n2', age: 1, labels: target(), ready: true });
    const done = launcher('b', { node: 'n2', age: 1, labels: target('n2') });
    expect(addresses(...settled, source, ready)).toEqual(moved);
    expect(addresses(...settled, source, done)).toEqual(moved);
    expect(addresses(...settled, { ...source, status: { phase: 'Succeeded' } }, coming)).toEqual(moved);
  });

  it('that fails leaves the port alone; the next one moves on from where the last ended', () => {
    expect(holderOf([coming, source])).toBe(source);
    expect(portHolders([source, { ...coming, status: { phase: 'Failed' } }])).toEqual([source]);
    const second = launcher('b', { node: 'n2', age: 1, labels: target('n2'), ready: true });
    const third = launcher('c', { node: 'n3', age: 2, labels: target('n2') });
    expect(holderOf([third, second])).toBe(second);
    expect(holderOf([second, launcher('c', { node: 'n3', age: 2, labels: target('n3') })])).not.toBe(second);
  });

  it('tells the pod that waits from every other', () => {
    const done = launcher('b', { node: 'n2', labels: target('n2') });
    expect([source, coming, done, pod('web')].map(isArriving)).toEqual([false, true, false, false]);
  });
});

describe('an instance that follows another', () => {
  it('has the port, whatever is left of the one before', () => {
    const stuck = launcher('a', { labels: on('n1'), ready: true });
    const next = launcher('b', { node: 'n2', age: 1, uid: 'j' });
    expect(holderOf([stuck, next])).toBe(next);
  });
});

describe('an address that is named after the pod of a machine', () => {
  const former = (podName: string): Resource =>
    ip(
      `${podName}.default`,
      {
        podName,
        namespace: 'default',
        subnet: 'a',
        v4IpAddress: '10.0.0.9',
        macAddress: '00:00:00:00:00:09',
      },
      { annotations: { 'berth.dev/made-by': 'berth' } },
    );

  it('stays beside that of the machine, and goes with the pod', () => {
    const names = (...objects: readonly Resource[]) =>
      addresses(...objects).map((each) => each.split(' ')[0]);
    const own = former(source.metadata.name);
    expect(names(source, own)).toEqual(['virt-launcher-vm-a.default', 'vm.default']);
    expect(names(launcher('b'), own)).toEqual(['vm.default']);
  });
});

describe('the address of a machine that is off', () => {
  const kept = ip(
    'vm.default',
    {
      podName: 'vm',
      namespace: 'default',
      subnet: 'a',
      v4IpAddress: '10.0.0.9',
      macAddress: '00:00:00:00:00:09',
      podType: 'VirtualMachine',
    },
    { annotations: { 'berth.dev/made-by': 'berth' } },
  );
  const rule = fip('web', { ovnEip: 'web', ipName: 'vm.default' });
  const names = (...objects: readonly Resource[]): readonly string[] =>
    addresses(...objects).map((each) => each.slice(0, 10));

  it('is kept while a rule leads to it', () => {
    expect(names(kept, rule, eip('web'))).toEqual(['vm.default']);
    expect(names(kept, eip('web'))).toEqual([]);
    expect(names({ ...kept, spec: { ...kept.spec, podType: '' } }, rule)).toEqual([]);
  });
});

it('however many pods a machine has, one has the port, and it is one that has the guest where any has', () => {
  const pods = fc.uniqueArray(
    fc.record({
      age: fc.nat(9),
      node: fc.constantFrom('n1', 'n2', 'n3'),
      guest: fc.constantFrom('n1', 'n2', 'n3'),
      ready: fc.boolean(),
      phase: fc.constantFrom('Pending', 'Running', 'Succeeded', 'Failed'),
      uid: fc.constantFrom('i', 'j'),
    }),
    { maxLength: 5, selector: ({ age }) => age },
  );
  fc.assert(
    fc.property(pods, fc.nat(), (drawn, seed) => {
      const all = drawn.map(({ guest, ...each }) =>
        launcher(`p${each.age}`, { ...each, labels: target(guest) }),
      );
      const working = all.filter(({ status }) => status?.phase === 'Pending' || status?.phase === 'Running');
      const holders = portHolders(all);
      expect(holders).toHaveLength(Math.min(1, working.length));
      const [holder] = holders;
      const rotated = [...all.slice(seed % (all.length || 1)), ...all.slice(0, seed % (all.length || 1))];
      expect(portHolders(rotated)).toEqual(holders);
      if (!holder) return;
      expect(working).toContain(holder);
      const uid = holder.metadata.ownerReferences[0]?.uid;
      const rivals = working.filter(({ metadata }) => metadata.ownerReferences[0]?.uid === uid);
      if (rivals.some((each) => !isArriving(each))) expect(isArriving(holder)).toBe(false);
    }),
  );
});
