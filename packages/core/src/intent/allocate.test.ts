import { type OvnEip, type Resource, resourceSetOf, resourcesIn } from '@berth/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyFabric } from '../fabric/fabric.ts';
import { eip, fip, ip, node, pod, providerNetwork, subnet, vlan, vpc } from '../testing/resources.ts';
import { settings, settle } from '../testing/settle.ts';
import { intentOf } from './intent-of.ts';

const outside = (cidrBlock: string, excludeIps: readonly string[] = []): readonly Resource[] => [
  providerNetwork('external0'),
  vlan('external0'),
  subnet('external0', { vlan: 'external0', cidrBlock, excludeIps: [...excludeIps] }),
];

const inside = (cidrBlock: string): readonly Resource[] => [
  node('n1'),
  node('n2'),
  vpc('vpc1'),
  subnet('s', { vpc: 'vpc1', cidrBlock }),
];

/** `web 10.0.0.9 -` for every EIP: name, addresses, and the codes of findings about it. */
function eips(...objects: readonly Resource[]): readonly string[] {
  const { resources, findings } = settle(objects);
  return resources.OvnEip.map(({ metadata, status }) => {
    const codes = findings.filter(({ object }) => object?.name === metadata.name).map(({ code }) => code);
    const addresses = [status?.v4Ip, status?.v6Ip].filter(Boolean).join(',') || 'none';
    return [metadata.name, addresses, ...codes].join(' ');
  });
}

const age = (day: number) => ({ creationTimestamp: `2026-01-0${day}T00:00:00Z` });

const stored = (name: string, v4Ip: string, spec: OvnEip['spec'] = {}): OvnEip => ({
  ...eip(name, spec),
  status: { v4Ip, macAddress: '0a:00:00:00:00:01', ready: true, type: 'nat' },
});

describe('a choice of ours', () => {
  it('is the lowest free address that is neither the gateway nor excluded, in order of age', () => {
    expect(
      eips(
        ...outside('10.0.0.0/29', ['10.0.0.2..10.0.0.3']),
        eip('b', {}, age(1)),
        eip('a', {}, age(2)),
        eip('c', {}, age(3)),
      ),
    ).toEqual(['a 10.0.0.5', 'b 10.0.0.4', 'c 10.0.0.6']);
  });

  it('waits for requests, whoever is older', () => {
    expect(
      eips(...outside('10.0.0.0/29'), eip('a', {}, age(1)), eip('b', { v4Ip: '10.0.0.2' }, age(2))),
    ).toEqual(['a 10.0.0.3', 'b 10.0.0.2']);
  });

  it('is one per family where the subnet has two', () => {
    expect(eips(...outside('10.0.0.0/29,fd00::/64'), eip('a'), eip('b', { v6Ip: 'fd00::9' }))).toEqual([
      'a 10.0.0.2,fd00::2',
      'b 10.0.0.3,fd00::9',
    ]);
  });

  it('is none at all when one family is full, and the others are not told to wait', () => {
    expect(eips(...outside('10.0.0.0/30,fd00::/64'), eip('a'), eip('b'))).toEqual([
      'a 10.0.0.2,fd00::2',
      'b none pool-full',
    ]);
  });
});

describe('a request', () => {
  it('may lie among the excluded addresses', () => {
    expect(eips(...outside('10.0.0.0/24', ['10.0.0.1..10.0.0.100']), eip('a', { v4Ip: '10.0.0.9' }))).toEqual(
      ['a 10.0.0.9'],
    );
  });

  it('for an address that an older object asks for loses', () => {
    const request = { v4Ip: '10.0.0.9' };
    expect(eips(...outside('10.0.0.0/24'), eip('a', request, age(2)), eip('b', request, age(1)))).toEqual([
      'a none address-taken',
      'b 10.0.0.9',
    ]);
  });

  it('does not take a stored address away, however old it is', () => {
    expect(
      eips(...outside('10.0.0.0/24'), stored('a', '10.0.0.9'), eip('b', { v4Ip: '10.0.0.9' }, age(1))),
    ).toEqual(['a 10.0.0.9', 'b none address-taken']);
  });

  it('that changes moves the object', () => {
    expect(eips(...outside('10.0.0.0/24'), stored('a', '10.0.0.9', { v4Ip: '10.0.0.7' }))).toEqual([
      'a 10.0.0.7',
    ]);
  });

  it('that cannot be had leaves the object where it is and the field as the user wrote it', () => {
    const wish = stored('a', '10.0.0.9', { v4Ip: '10.0.1.7' });
    expect(eips(...outside('10.0.0.0/24'), wish)).toEqual(['a 10.0.0.9 address-outside-subnet']);
    expect(settle([...outside('10.0.0.0/24'), wish]).resources.OvnEip[0]?.spec.v4Ip).toBe('10.0.1.7');
  });

  it('of a family that the subnet has not is refused, and the other family is served', () => {
    expect(eips(...outside('10.0.0.0/24'), eip('a', { v6Ip: 'fd00::9' }))).toEqual([
      'a 10.0.0.2 address-outside-subnet',
    ]);
  });

  it.each(['10.0.0.0', '10.0.0.255', '10.0.0.1'])('for %s, which no host can have, is refused', (v4Ip) => {
    expect(eips(...outside('10.0.0.0/24'), eip('a', { v4Ip }))).toEqual(['a none address-invalid']);
  });

  it('for a MAC that is taken is refused', () => {
    const macAddress = '0a:00:00:00:00:09';
    const objects = [...outside('10.0.0.0/24'), eip('a', { macAddress }), eip('b', { macAddress })];
    expect(eips(...objects)).toEqual(['a 10.0.0.2', 'b none address-taken']);
  });
});

describe('what is stored', () => {
  it('stays when older objects and smaller names come', () => {
    const before = settle([...outside('10.0.0.0/29'), eip('m'), eip('n')]).resources;
    expect(eips(...resourcesIn(before), eip('a', {}, age(1)))).toEqual([
      'm 10.0.0.2',
      'n 10.0.0.3',
      'a 10.0.0.4',
    ]);
  });

  it('stays when it is excluded afterwards', () => {
    expect(eips(...outside('10.0.0.0/24', ['10.0.0.2..10.0.0.99']), stored('a', '10.0.0.9'))).toEqual([
      'a 10.0.0.9',
    ]);
  });

  it('is given up when the subnet has another network', () => {
    expect(eips(...outside('10.7.0.0/24'), stored('a', '10.0.0.9'))).toEqual(['a 10.7.0.2']);
  });

  it('is filled in where the spec leaves it open, so that the spec alone restores it', () => {
    const [made] = settle([...outside('10.0.0.0/24'), eip('a')]).resources.OvnEip;
    expect(made?.spec).toEqual({ v4Ip: '10.0.0.2', macAddress: made?.status?.macAddress });
    const restored = eip('a', made?.spec);
    expect(eips(...outside('10.0.0.0/24'), restored, eip('0', {}, age(1)))).toEqual([
      '0 10.0.0.3',
      'a 10.0.0.2',
    ]);
  });
});

describe('pods', () => {
  const ips = (...objects: readonly Resource[]): readonly string[] =>
    settle(objects).resources.IP.map(({ metadata, spec }) => `${metadata.name} ${spec.ipAddress}`);

  it('get an IP object that is named after them', () => {
    const [made] = settle([
      ...inside('192.168.0.0/24'),
      pod('web', { subnet: 's', ips: '192.168.0.4', node: 'n1' }),
    ]).resources.IP;
    expect(made).toMatchObject({
      metadata: {
        name: 'web.default',
        labels: { 'ovn.kubernetes.io/subnet': 's', 'ovn.kubernetes.io/node-name': 'n1', s: '' },
      },
      spec: {
        podName: 'web',
        namespace: 'default',
        subnet: 's',
        nodeName: 'n1',
        ipAddress: '192.168.0.4',
        v4IpAddress: '192.168.0.4',
      },
    });
  });

  it('may ask for an address per family', () => {
    const objects = inside('192.168.0.0/24,fd00::/64');
    expect(ips(...objects, pod('web', { subnet: 's', ips: '192.168.0.4,fd00::4' }))).toEqual([
      'web.default 192.168.0.4,fd00::4',
    ]);
  });

  it('lose the address of a family that their new subnet has not', () => {
    const before = settle([...inside('192.168.0.0/24,fd00::/64'), pod('web', { subnet: 's' })]).resources;
    const moved = resourcesIn(before).filter(({ kind }) => kind !== 'Pod' && kind !== 'Subnet');
    const after = settle([
      ...moved,
      subnet('t', { vpc: 'vpc1', cidrBlock: '172.16.0.0/24' }),
      pod('web', { subnet: 't' }),
    ]).resources;
    expect(after.IP[0]?.spec).toMatchObject({ ipAddress: '172.16.0.2', v4IpAddress: '172.16.0.2' });
    expect(after.IP[0]?.spec.v6IpAddress).toBeUndefined();
  });
});

describe('an IP object of the user', () => {
  const reserved = ip('db', { subnet: 's', v4IpAddress: '192.168.0.9' });

  it('keeps its address from pods and gets a port', () => {
    const { resources, intent } = settle([
      ...inside('192.168.0.0/24'),
      reserved,
      pod('a', { subnet: 's', ips: '192.168.0.9' }),
      pod('b', { subnet: 's' }),
    ]);
    expect(resources.IP.map(({ metadata, spec }) => `${metadata.name} ${spec.v4IpAddress}`)).toEqual([
      'db 192.168.0.9',
      'b.default 192.168.0.2',
    ]);
    expect(intent.vpcs[0]?.subnets[0]?.ports.map(({ name }) => name)).toEqual(['b.default', 'db']);
  });

  it('without an address is given one and a MAC', () => {
    const [made] = settle([...inside('192.168.0.0/24'), ip('db', { subnet: 's' })]).resources.IP;
    expect(made?.spec).toMatchObject({ ipAddress: '192.168.0.2', v4IpAddress: '192.168.0.2' });
    expect(made?.spec.macAddress).toMatch(/^[0-9a-f:]{17}$/);
  });

  it.each([
    ['192.168.0.255', 'address-invalid'],
    ['192.168.7.1', 'address-outside-subnet'],
  ])('for %s is refused', (v4IpAddress, code) => {
    const { findings, intent } = settle([
      ...inside('192.168.0.0/24'),
      ip('db', { subnet: 's', v4IpAddress, macAddress: '0a:00:00:00:00:01' }),
    ]);
    expect(findings).toMatchObject([{ code, object: { kind: 'IP', name: 'db' }, field: 'spec.v4IpAddress' }]);
    expect(intent.vpcs[0]?.subnets[0]?.ports).toEqual([]);
  });
});

const octet = fc.integer({ min: 0, max: 15 });
const request = fc.option(octet, { nil: undefined });

/** A handful of EIPs, pods and user IPs with all sorts of wishes on two small pools. */
const network = fc
  .record({
    excluded: fc.array(octet, { maxLength: 3 }),
    eips: fc.array(fc.record({ wish: request, old: fc.boolean() }), { maxLength: 10 }),
    pods: fc.array(fc.record({ wish: request, bound: fc.boolean() }), { maxLength: 10 }),
    ips: fc.array(request, { maxLength: 4 }),
  })
  .map(({ excluded, eips: eipWishes, pods, ips }): readonly Resource[] => [
    ...outside(
      '10.0.0.0/28',
      excluded.map((each) => `10.0.0.${each}`),
    ),
    ...inside('192.168.0.0/28'),
    ...eipWishes.flatMap(({ wish, old }, index) => [
      eip(
        `e${index}`,
        wish === undefined ? {} : { v4Ip: `10.0.0.${wish}` },
        old ? { creationTimestamp: `2026-01-01T00:00:${10 + index}Z` } : {},
      ),
      fip(`f${index}`, { ovnEip: `e${index}`, ipName: `p${index}.default` }),
    ]),
    ...pods.map(({ wish, bound }, index) =>
      pod(`p${index}`, {
        subnet: 's',
        ...(wish !== undefined && { ips: `192.168.0.${wish}` }),
        ...(bound && { node: 'n2' }),
      }),
    ),
    ...ips.map((wish, index) =>
      ip(`i${index}`, { subnet: 's', ...(wish !== undefined && { v4IpAddress: `192.168.0.${wish}` }) }),
    ),
  ]);

describe('any network', () => {
  it('is stored in one round, after which nothing is left to store', () => {
    fc.assert(
      fc.property(network, (objects) => {
        const { rounds, resources } = settle(objects);
        expect(rounds).toBeLessThanOrEqual(1);
        expect(intentOf(resources, emptyFabric, settings).writes).toEqual([]);
      }),
    );
  });

  it('is allocated alike in any order of input', () => {
    const shuffled = network.chain((objects) =>
      fc.tuple(fc.constant(objects), fc.shuffledSubarray([...objects], { minLength: objects.length })),
    );
    fc.assert(
      fc.property(shuffled, ([objects, other]) => {
        const writes = (set: readonly Resource[]): string =>
          JSON.stringify(intentOf(resourceSetOf(set), emptyFabric, settings).writes);
        expect(writes(other)).toBe(writes(objects));
      }),
    );
  });

  it('never has an address or a MAC twice in a subnet, nor one that no host can have', () => {
    fc.assert(
      fc.property(network, (objects) => {
        const { resources } = settle(objects);
        const external = resources.OvnEip.flatMap(({ status }) => status?.v4Ip ?? []);
        const ports = settle(objects).intent.vpcs.flatMap(({ subnets }) =>
          subnets.flatMap((each) => each.ports),
        );
        const internal = ports.flatMap(({ addresses }) => addresses);
        for (const list of [external, internal, ports.map(({ mac }) => mac)])
          expect(new Set(list).size).toBe(list.length);
        for (const address of [...external, ...internal]) {
          const host = Number(address.split('.')[3]);
          expect(host).toBeGreaterThan(1);
          expect(host).toBeLessThan(15);
        }
      }),
    );
  });

  it('keeps every address when something more is asked for', () => {
    fc.assert(
      fc.property(network, fc.boolean(), (objects, old) => {
        const { resources } = settle(objects);
        const more = eip('0', {}, old ? age(1) : {});
        const after = settle([...resourcesIn(resources), more]).resources;
        for (const { metadata, status } of resources.OvnEip) {
          if (status?.v4Ip === undefined) continue;
          expect(after.OvnEip.find((each) => each.metadata.name === metadata.name)?.status?.v4Ip).toBe(
            status.v4Ip,
          );
        }
      }),
    );
  });
});
