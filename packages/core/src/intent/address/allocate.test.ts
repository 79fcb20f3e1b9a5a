import { type OvnEip, type Resource, resourcesIn } from '@berth/api';
import { describe, expect, it } from 'vitest';
import { eip, fip, ip, node, pod, providerNetwork, subnet, vlan, vpc } from '../../testing/resources.ts';
import { settle } from '../../testing/settle.ts';

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

  it('does not take away an address that is stored and was asked for, however old it is', () => {
    expect(
      eips(
        ...outside('10.0.0.0/24'),
        stored('a', '10.0.0.9', { v4Ip: '10.0.0.9' }),
        eip('b', { v4Ip: '10.0.0.9' }, age(1)),
      ),
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

  it('may have its addresses in spec.ipAddress alone', () => {
    const whole = ip('db', { subnet: 's', ipAddress: '192.168.0.9, fd00::9' });
    const both = settle([...inside('192.168.0.0/24,fd00::/64'), whole]);
    expect(both.findings).toEqual([]);
    expect(both.resources.IP).toMatchObject([
      { spec: { ipAddress: '192.168.0.9,fd00::9', v4IpAddress: '192.168.0.9', v6IpAddress: 'fd00::9' } },
    ]);
    const far = settle([...inside('10.0.0.0/24'), ip('db', { subnet: 's', ipAddress: '192.168.0.9' })]);
    expect(far.findings).toMatchObject([{ code: 'address-outside-subnet', field: 'spec.ipAddress' }]);
  });

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

  it('that bears the name of a pod is the pod’s whenever there is one, and stays without it', () => {
    const mine = ip('web.default', { subnet: 's', v4IpAddress: '192.168.0.9' });
    const held = settle([
      ...inside('192.168.0.0/24'),
      mine,
      pod('web', { subnet: 's', node: 'n1' }),
    ]).resources;
    expect(held.IP.map(({ spec }) => [spec.podName, spec.v4IpAddress])).toEqual([['web', '192.168.0.9']]);
    const gone = settle(resourcesIn(held).filter(({ kind }) => kind !== 'Pod')).resources;
    expect(gone.IP.map(({ spec }) => spec.v4IpAddress)).toEqual(['192.168.0.9']);
    const back = settle([...resourcesIn(gone), pod('web', { subnet: 's', node: 'n2' })]).resources;
    expect(back.IP.map(({ spec }) => [spec.nodeName, spec.v4IpAddress])).toEqual([['n2', '192.168.0.9']]);
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

describe('an address that is not rightly one’s own', () => {
  it('is never programmed: of two IPs with one address only the older has a port', () => {
    const db = { subnet: 's', v4IpAddress: '192.168.0.9' };
    const { findings, intent } = settle([
      ...inside('192.168.0.0/24'),
      ip('a', { ...db, macAddress: '0a:00:00:00:00:01' }, age(2)),
      ip('b', { ...db, macAddress: '0a:00:00:00:00:02' }, age(1)),
    ]);
    expect(intent.vpcs[0]?.subnets[0]?.ports.map(({ name }) => name)).toEqual(['b']);
    expect(findings).toMatchObject([{ code: 'address-taken', object: { kind: 'IP', name: 'a' } }]);
  });

  it('is never programmed: of two EIPs that both stored one the older has it, the other gets another', () => {
    expect(
      eips(
        ...outside('10.0.0.0/24'),
        { ...stored('a', '10.0.0.9'), metadata: eip('a', {}, age(2)).metadata },
        {
          ...stored('b', '10.0.0.9'),
          metadata: eip('b', {}, age(1)).metadata,
          status: { v4Ip: '10.0.0.9', macAddress: '0a:00:00:00:00:02' },
        },
      ),
    ).toEqual(['a 10.0.0.2', 'b 10.0.0.9']);
  });

  it('does not cut off a floating IP whose subnet gets a second, full network', () => {
    const single = settle([
      ...outside('10.0.0.0/24'),
      vpc('vpc1', { enableExternal: true }),
      subnet('s', { vpc: 'vpc1', cidrBlock: '192.168.0.0/24' }),
      eip('a'),
      fip('a', { ovnEip: 'a', vpc: 'vpc1', v4Ip: '192.168.0.9', type: 'centralized' }),
    ]).resources;
    const dual = settle([
      ...resourcesIn(single).filter(({ metadata }) => metadata.name !== 'external0'),
      ...outside('10.0.0.0/24,fd00::/128'),
    ]);
    expect(dual.findings.filter(({ code }) => code === 'pool-full')).toHaveLength(2);
    expect(dual.intent.vpcs[0]?.floatingIps[0]?.pairs).toEqual([
      { external: '10.0.0.2', logical: '192.168.0.9' },
    ]);
  });
});
