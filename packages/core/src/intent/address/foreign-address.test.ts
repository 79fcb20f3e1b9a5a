import type { Resource } from '@berth/api';
import type { Ip } from '@berth/net';
import { type NbTables, nbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { describe, expect, it } from 'vitest';
import { emptyFabric, type Fabric } from '../../fabric/fabric.ts';
import type { ForeignHolder } from '../../fabric/foreign-holder.ts';
import { eip, ip, node, pod, providerNetwork, subnet, vlan, vpc } from '../../testing/resources.ts';
import { settle } from '../../testing/settle.ts';

const row = '00000000-0000-4000-8000-000000000006' as Uuid;

/** Ports of others on a switch: `{ odd2: '10.0.0.6' }`; or other rows of theirs. */
function fabricOf(
  switchName: string,
  ports: Readonly<Record<string, string>>,
  other: Partial<ForeignHolder> = {},
): Fabric {
  const table = 'Logical_Switch_Port';
  const held = Object.entries(ports).map(
    ([name, address]) => [address as Ip, [{ table, name, row, ...other } as ForeignHolder]] as const,
  );
  return { ...emptyFabric, foreignAddresses: new Map([[switchName, new Map(held)]]) };
}

const ground: readonly Resource[] = [
  node('n1'),
  vpc('vpc1'),
  subnet('s', { vpc: 'vpc1', cidrBlock: '10.0.0.0/29' }),
];

/** The address of every IP, the errors, and the ports that are to be made. */
function outcome(fabric: Fabric, ...objects: readonly Resource[]) {
  const { resources, findings, intent } = settle([...ground, ...objects], fabric);
  return {
    ips: resources.IP.map(({ metadata, spec }) => `${metadata.name} ${spec.v4IpAddress ?? 'none'}`),
    findings: findings.filter(({ code }) => code === 'address-taken' || code === 'pool-full'),
    ports: intent.vpcs.flatMap(({ subnets }) =>
      subnets.flatMap(({ ports }) => ports.map(({ name }) => name)),
    ),
  };
}

const asking = (ips?: string): Resource => pod('web', { subnet: 's', node: 'n1', ...(ips && { ips }) });
const has = (address: string): Resource =>
  ip('web.default', {
    ...{ subnet: 's', nodeName: 'n1', podName: 'web', namespace: 'default' },
    ...{ ipAddress: address, v4IpAddress: address, macAddress: '0a:00:00:00:00:01' },
  });

describe('an address that a port of others has', () => {
  it('is passed over where nothing is asked for', () => {
    expect(outcome(fabricOf('s', { odd3: '10.0.0.2' }), asking())).toMatchObject({
      ips: ['web.default 10.0.0.3'],
      findings: [],
    });
  });

  it('is not in the way on another switch', () => {
    expect(outcome(fabricOf('t', { odd3: '10.0.0.2' }), asking()).ips).toEqual(['web.default 10.0.0.2']);
  });

  it('leaves a pool full whose other addresses are all given', () => {
    const all = Object.fromEntries([2, 3, 4, 5, 6].map((last) => [`odd${last}`, `10.0.0.${last}`]));
    expect(outcome(fabricOf('s', all), asking())).toMatchObject({
      ips: [],
      findings: [{ code: 'pool-full' }],
    });
  });

  it('is not given to whoever asks for it, who is told the port', () => {
    expect(outcome(fabricOf('s', { odd2: '10.0.0.6' }), asking('10.0.0.6'))).toMatchObject({
      ips: [],
      ports: [],
      findings: [
        {
          code: 'address-taken',
          severity: 'error',
          object: { kind: 'Pod', name: 'web' },
          field: "metadata.annotations['ovn.kubernetes.io/ip_address']",
          message: '10.0.0.6 is taken by the logical switch port odd2, which Berth did not make',
          cure: expect.stringContaining('ovn-nbctl lsp-del odd2'),
          rows: [{ db: 'NB', table: 'Logical_Switch_Port', uuid: row }],
        },
      ],
    });
  });

  it('stays with the object that has it, which is told the port', () => {
    for (const each of [asking(), asking('10.0.0.6')])
      expect(outcome(fabricOf('s', { odd2: '10.0.0.6' }), each, has('10.0.0.6'))).toMatchObject({
        ips: ['web.default 10.0.0.6'],
        ports: ['web.default'],
        findings: [
          {
            code: 'address-taken',
            object: { kind: 'Pod', name: 'web' },
            message:
              '10.0.0.6, which it has and keeps, is the address of the logical switch port odd2 too, which Berth did not make: packets may go to either of them',
          },
        ],
      });
  });

  it('stays with a pod that lost its IP object and has its port', () => {
    const external_ids = new Map([
      ['berth.dev/owner', 'default'],
      ['berth.dev/origin', 'ip/web.default'],
    ]);
    const addresses = new Set(['0a:00:00:00:00:01 10.0.0.6']);
    const northbound = snapshotOf<NbTables>(nbSchema, {
      Logical_Switch_Port: [{ name: 'web.default', type: '', addresses, external_ids }],
    });
    expect(outcome({ ...fabricOf('s', { odd2: '10.0.0.6' }), northbound }, asking('10.0.0.6'))).toMatchObject(
      { ips: ['web.default 10.0.0.6'], findings: [{ code: 'address-taken' }] },
    );
  });

  it('is its own object’s where the port has its name, as after Kube-OVN', () => {
    const fabric = fabricOf('s', { 'web.default': '10.0.0.6' });
    expect(outcome(fabric, asking('10.0.0.6'))).toMatchObject({
      ips: ['web.default 10.0.0.6'],
      findings: [],
    });
    expect(outcome(fabric, asking(), has('10.0.0.6')).findings).toEqual([]);
  });

  const external: readonly Resource[] = [
    providerNetwork('x'),
    vlan('x'),
    subnet('external0', { vlan: 'x', cidrBlock: '10.9.0.0/24' }),
  ];
  const statuses = (fabric: Fabric, ...objects: readonly Resource[]) => {
    const { resources, findings } = settle([...external, ...objects], fabric);
    return {
      eips: resources.OvnEip.map(({ status }) => status?.v4Ip ?? 'none'),
      told: findings.flatMap(({ code, message, cure }) => (code === 'address-taken' ? [message, cure] : [])),
    };
  };

  it('is nobody’s where a router of others answers for it, which is told by its row', () => {
    const taken = (other: Partial<ForeignHolder>) =>
      statuses(
        fabricOf('external0', { odd: '10.9.0.2' }, { router: 'r', ...other }),
        eip('a'),
        eip('b', { v4Ip: '10.9.0.2' }),
      );
    const { eips, told } = taken({ table: 'Logical_Router_Port' });
    expect(eips).toEqual(['10.9.0.3', 'none']);
    expect(told).toEqual([
      '10.9.0.2 is taken by the router port odd of router r, which Berth did not make',
      expect.stringMatching(/ovn-nbctl lrp-del odd$/),
    ]);
    expect(taken({ table: 'NAT', name: 'dnat_and_snat' }).told[1]).toMatch(
      /lr-nat-del r dnat_and_snat 10\.9\.0\.2$/,
    );
    expect(taken({ table: 'Load_Balancer' }).told[1]).toContain('ovn-nbctl lr-lb-del r');
  });

  it('of a NAT row on the router of a VPC is given to nobody, and may be asked for, as the row may be the rule’s of before', () => {
    const fabric = fabricOf('external0', { odd: '10.9.0.2' }, { router: 'vpc1', table: 'NAT' });
    expect(statuses(fabric, vpc('vpc1'), eip('a'))).toEqual({ eips: ['10.9.0.3'], told: [] });
    expect(statuses(fabric, vpc('vpc1'), eip('b', { v4Ip: '10.9.0.2' }))).toEqual({
      eips: ['10.9.0.2'],
      told: [],
    });
  });

  it('is no EIP’s either, chosen or asked for', () => {
    const objects: readonly Resource[] = [
      ...[providerNetwork('x'), vlan('x'), subnet('external0', { vlan: 'x', cidrBlock: '10.9.0.0/24' })],
      ...[eip('a'), eip('b', { v4Ip: '10.9.0.3' })],
    ];
    const { resources } = settle(objects, fabricOf('external0', { odd: '10.9.0.2', even: '10.9.0.3' }));
    expect(resources.OvnEip.map(({ status }) => status?.v4Ip ?? 'none')).toEqual(['10.9.0.4', 'none']);
  });
});
