import type { Resource } from '@berth/api';
import { describe, expect, it } from 'vitest';
import { fieldFabric, fieldStoryWith } from '../testing/field-story.ts';
import { desiredRows } from '../testing/program.ts';
import { dnat, eip, fip, ip, pod, snat, subnet, vip, vlan, vpc } from '../testing/resources.ts';
import { rowTexts } from '../testing/row-text.ts';
import { settle } from '../testing/settle.ts';

type Objects = readonly Resource[];

const rows = (table: string, ...objects: Objects): readonly string[] =>
  rowTexts(desiredRows(fieldStoryWith(...objects), fieldFabric), table);
/** Rows of rules alone: the field story's own floating IP is left out. */
const nats = (...objects: Objects): readonly string[] =>
  rows('NAT', ...objects).filter((row) => !row.includes('external_ip=10.9.101.9 '));

const out = eip('out', { externalSubnet: 'external0', v4Ip: '10.9.101.20' });
const dual = [
  subnet('external0', { vlan: 'external0', cidrBlock: '10.9.101.0/24,fd00:101::/64' }),
  subnet('six', { vpc: 'vpc1', cidrBlock: '192.168.6.0/24,fd00:6::/64' }),
  eip('both', { externalSubnet: 'external0', v4Ip: '10.9.101.30', v6Ip: 'fd00:101::30' }),
];
const second = [
  vlan('second', { provider: 'external0', id: 7 }),
  subnet('second', { vlan: 'second', cidrBlock: '10.7.0.0/24' }),
  eip('out2', { externalSubnet: 'second', v4Ip: '10.7.0.20' }),
  vpc('vpc1', {
    enableExternal: true,
    extraExternalSubnets: ['external0', 'second'],
    staticRoutes: [{ cidr: '0.0.0.0/0', nextHopIP: '10.9.101.1' }],
  }),
];

describe('an SNAT rule', () => {
  it('is a row for a whole subnet', () => {
    expect(nats(out, snat('s', { ovnEip: 'out', vpcSubnet: 'vpc1-subnet1' }))).toEqual([
      'NAT type=snat external_ip=10.9.101.20 logical_ip=192.168.0.0/24',
    ]);
  });

  it('is a row for each family that both sides have', () => {
    expect(nats(...dual, snat('s', { ovnEip: 'both', vpcSubnet: 'six' }))).toEqual([
      'NAT type=snat external_ip=10.9.101.30 logical_ip=192.168.6.0/24',
      'NAT type=snat external_ip=fd00:101::30 logical_ip=fd00:6::/64',
    ]);
    expect(nats(...dual, snat('s', { ovnEip: 'both', vpcSubnet: 'vpc1-subnet1' }))).toHaveLength(1);
  });

  it('is a row for one workload', () => {
    expect(nats(out, snat('s', { ovnEip: 'out', ipName: 'web.default' }))).toEqual([
      'NAT type=snat external_ip=10.9.101.20 logical_ip=192.168.0.4',
    ]);
  });

  it('takes addresses first, then the subnet, then the workload', () => {
    const all = { ovnEip: 'out', v4IpCidr: '10.1.0.0/16', vpcSubnet: 'vpc1-subnet1', ipName: 'web.default' };
    const { v4IpCidr: _, ...named } = all;
    expect(nats(out, snat('s', all))[0]).toContain('logical_ip=10.1.0.0/16');
    expect(nats(out, snat('s', named))[0]).toContain('logical_ip=192.168.0.0/24');
    const host = snat('s', { ovnEip: 'out', vpc: 'vpc1', v4IpCidr: '192.168.0.9/32' });
    expect(nats(out, host)[0]).toContain('logical_ip=192.168.0.9');
  });

  it('may share a network with one that leaves by another external subnet, each on its own port', () => {
    const both = nats(
      ...second,
      out,
      snat('s1', { ovnEip: 'out', vpcSubnet: 'vpc1-subnet1' }),
      snat('s2', { ovnEip: 'out2', vpcSubnet: 'vpc1-subnet1' }),
    );
    const [port1, port2] = ['vpc1-external0', 'vpc1-second'].map(
      (name) =>
        desiredRows(fieldStoryWith(...second), fieldFabric).find(
          ({ table, key }) => table === 'Logical_Router_Port' && key[0] === name,
        )?.uuid,
    );
    expect(both).toEqual([
      `NAT type=snat external_ip=10.7.0.20 logical_ip=192.168.0.0/24 gateway_port=${port2}`,
      `NAT type=snat external_ip=10.9.101.20 logical_ip=192.168.0.0/24 gateway_port=${port1}`,
    ]);
  });
});

describe('a DNAT rule', () => {
  it("is a load-balancer of the rule's name in the router's set", () => {
    const desired = desiredRows(fieldStoryWith(out, dnat('d', { ovnEip: 'out', ipName: 'web.default' })));
    const router = desired.find(({ table }) => table === 'Logical_Router');
    const balancer = desired.find(({ table }) => table === 'Load_Balancer');
    expect(rowTexts(desired, 'Load_Balancer')).toEqual([
      'Load_Balancer name=d protocol=tcp vips=10.9.101.20:80:192.168.0.4:8080',
    ]);
    expect(balancer?.parent).toEqual({
      table: 'Logical_Router',
      column: 'load_balancer',
      uuid: router?.uuid,
    });
  });

  it('has a virtual address per family, those of IPv6 in brackets', () => {
    const six = [...dual, pod('p', { subnet: 'six', ips: '192.168.6.9,fd00:6::9', node: 'vnode-103-176' })];
    expect(rows('Load_Balancer', ...six, dnat('d', { ovnEip: 'both', ipName: 'p.default' }))).toEqual([
      'Load_Balancer name=d protocol=tcp vips=10.9.101.30:80:192.168.6.9:8080,[fd00:101::30]:80:[fd00:6::9]:8080',
    ]);
  });

  it('lets OVN forget UDP of a changed backend', () => {
    const rule = dnat('d', { ovnEip: 'out', vpc: 'vpc1', v4Ip: '192.168.0.9', protocol: 'udp' });
    expect(rows('Load_Balancer', out, rule)).toEqual([
      'Load_Balancer name=d protocol=udp vips=10.9.101.20:80:192.168.0.9:8080 options=ct_flush:true',
    ]);
  });

  it('may use a port twice with another protocol', () => {
    const at = { ovnEip: 'out', vpc: 'vpc1', v4Ip: '192.168.0.9' };
    expect(rows('Load_Balancer', out, dnat('d', at), dnat('u', { ...at, protocol: 'udp' }))).toHaveLength(2);
  });
});

describe('an EIP', () => {
  it("may be the router's own, with a floating IP, a forwarded port and a source address", () => {
    const own = { ovnEip: 'vpc1-external0' };
    const shared = [
      ip('app', { subnet: 'vpc1-subnet1', v4IpAddress: '192.168.0.7' }),
      fip('f', { ...own, ipName: 'app', type: 'centralized' }),
      dnat('d', { ...own, vpc: 'vpc1', v4Ip: '192.168.0.9' }),
      snat('s', { ...own, vpcSubnet: 'vpc1-subnet1' }),
    ];
    expect(nats(...shared)).toEqual([
      'NAT type=dnat_and_snat external_ip=10.9.101.10 logical_ip=192.168.0.7',
      'NAT type=snat external_ip=10.9.101.10 logical_ip=192.168.0.0/24',
    ]);
    expect(rows('Load_Balancer', ...shared)).toHaveLength(1);
    expect(settle(fieldStoryWith(...shared), fieldFabric).findings).toEqual([]);
  });

  it('of type lsp is a port for a node', () => {
    const node = eip('vnode-103-177', { externalSubnet: 'external0', type: 'lsp', v4Ip: '10.9.101.60' });
    expect(rows('Logical_Switch_Port', node).filter((row) => row.includes('name=vnode'))).toEqual([
      'Logical_Switch_Port name=vnode-103-177 addresses=fe:ea:6e:0e:e4:ea 10.9.101.60 external_ids=ls:external0',
    ]);
  });
});

describe('a Vip', () => {
  it('gets an address like everybody else, and a floating IP to it is centralized', () => {
    const objects = [
      out,
      vip('v', { subnet: 'vpc1-subnet1' }),
      fip('f', { ovnEip: 'out', ipType: 'vip', ipName: 'v', type: 'centralized' }),
    ];
    const { resources, findings } = settle(fieldStoryWith(...objects), fieldFabric);
    const [stored] = resources.Vip;
    expect(stored).toMatchObject({
      spec: { v4ip: '192.168.0.2' },
      status: { v4ip: '192.168.0.2', type: '', mac: stored?.spec.macAddress },
    });
    expect(findings).toEqual([]);
    expect(nats(...objects)).toEqual([
      'NAT type=dnat_and_snat external_ip=10.9.101.20 logical_ip=192.168.0.2',
    ]);
  });

  it('keeps its address from pods, and may ask for one and for a MAC', () => {
    const wanted = { subnet: 'vpc1-subnet1', v4ip: '192.168.0.2', macAddress: '0a:00:00:00:00:02' };
    const objects = [vip('v', wanted), pod('a', { subnet: 'vpc1-subnet1', node: 'vnode-103-176' })];
    const { resources } = settle(fieldStoryWith(...objects), fieldFabric);
    expect(resources.Vip[0]?.status).toMatchObject({ v4ip: '192.168.0.2', mac: '0a:00:00:00:00:02' });
    expect(resources.IP.map(({ spec }) => spec.v4IpAddress)).toEqual(['192.168.0.3', '192.168.0.4']);
  });
});
