import { type Resource, refKey, refOf, resourcesIn } from '@berth/api';
import { hostCidr, type Ip } from '@berth/net';
import { describe, expect, it } from 'vitest';
import type { Fabric } from '../fabric/fabric.ts';
import { fieldFabric, fieldStoryWith } from '../testing/field-story.ts';
import { afterPass, nodes, ready, statusOf } from '../testing/pass.ts';
import { dnat, eip, fip, snat, vip, vpc } from '../testing/resources.ts';
import { fabricWith } from '../testing/settle.ts';

const objects = fieldStoryWith(
  eip('shared', { externalSubnet: 'external0', v4Ip: '10.9.101.30' }),
  vip('v', { subnet: 'vpc1-subnet1', v4ip: '192.168.0.100' }),
  dnat('d', { ovnEip: 'shared', ipType: 'vip', ipName: 'v', protocol: 'udp' }),
  snat('s', { ovnEip: 'shared', vpcSubnet: 'vpc1-subnet1' }),
);

describe('rules', () => {
  it('show what is programmed for them and who answers', () => {
    const pass = afterPass(objects);
    expect(statusOf(pass, 'OvnSnatRule', 's')).toMatchObject({
      ready: true,
      vpc: 'vpc1',
      v4Eip: '10.9.101.30',
      v4IpCidr: '192.168.0.0/24',
      berth: 'vnode-117-46',
    });
    expect(statusOf(pass, 'OvnDnatRule', 'd')).toMatchObject({
      ready: true,
      vpc: 'vpc1',
      v4Eip: '10.9.101.30',
      v4Ip: '192.168.0.100',
      externalPort: '80',
      internalPort: '8080',
      protocol: 'udp',
      ipName: 'v',
      berth: 'vnode-117-46',
    });
    expect(ready(pass, 'OvnDnatRule', 'd')).toBe('True Programmed: centralized: vnode-117-46 answers');
    expect(pass.again).toEqual([]);
  });

  it('are not ready while no gateway answers', () => {
    const pass = afterPass(objects, fabricWith(nodes));
    for (const [kind, name] of [
      ['OvnSnatRule', 's'],
      ['OvnDnatRule', 'd'],
    ] as const) {
      expect(ready(pass, kind, name)).toBe(
        'False Pending: centralized: no chassis has claimed port cr-vpc1-external0 yet; see that ovn-controller runs on vnode-103-177 and vnode-117-46, and ovn-northd beside NB and SB',
      );
      expect(statusOf(pass, kind, name)).toMatchObject({ ready: false });
    }
  });

  it('are not ready where a gateway that stands still translates a part as by what was deleted since', () => {
    const made = afterPass(objects);
    const [node, web] = ['vnode-117-46', '192.168.0.4' as Ip];
    const chassis = `chassis-${node}`;
    const other = fip('web', { ovnEip: 'web', ipName: 'web.default' });
    const without = resourcesIn(made.resources).filter(
      (each) => refKey(refOf(each)) !== refKey(refOf(other)),
    );
    const mark = { switchName: 'external0', chassis, change: { number: 6, isAfter: false } };
    const taken = { ip: '10.9.101.9' as Ip, mac: 'm', object: 'ovn-fip/web' };
    const inner = (router: string) => [{ router, network: hostCidr(web), isFloating: true }];
    const frozen = (router: string, at = chassis) => ({
      ...{ ...fieldFabric, behind: new Map([[at, 5]]) },
      lingers: [{ ...mark, ...taken, chassis: at, inner: inner(router) }],
    });
    const strayed =
      /NodeFrozen: centralized: vnode-117-46 answers, but vnode-117-46 stands still and translates 192\.168\.0\.4 to 10\.9\.101\.9/;
    const told = ready(afterPass(without, frozen('vpc1')), 'OvnSnatRule', 's');
    expect(told).toMatch(/^Unknown /);
    expect(told).toMatch(strayed);
    const report = { node, controllerRuns: false, flowsInstalled: true };
    const known = { ...frozen('vpc1'), health: new Map([[node, report]]) };
    expect(ready(afterPass(without, known), 'OvnSnatRule', 's')).toMatch(/^False NodeFrozen/);
    // The node of the workload translates by itself what was distributed there.
    expect(ready(afterPass(without, frozen('vpc1', 'chassis-vnode-103-176')), 'OvnSnatRule', 's')).toMatch(
      /^Unknown NodeFrozen: .*but vnode-103-176 stands still and translates 192\.168\.0\.4/,
    );
    const works = (fabric: Fabric, all: readonly Resource[] = without) =>
      ready(afterPass(all, fabric), 'OvnSnatRule', 's');
    expect(works(frozen('vpc2'))).toMatch(/^True/);
    expect(works(frozen('vpc1', 'chassis-vnode-103-177'))).toMatch(/^True/);
    // It has a floating IP again, by which it leaves.
    expect(works(frozen('vpc1'), resourcesIn(made.resources))).toMatch(/^True/);
    expect(works({ ...frozen('vpc1'), behind: new Map() })).toMatch(/^True/);
  });

  it('are not ready while no chassis has the port of their workload', () => {
    const toPod = fieldStoryWith(
      eip('shared', { externalSubnet: 'external0', v4Ip: '10.9.101.30' }),
      eip('own', { externalSubnet: 'external0', v4Ip: '10.9.101.31' }),
      fip('web', { ovnEip: 'web', ipName: 'web.default', type: 'centralized' }),
      dnat('d', { ovnEip: 'shared', ipName: 'web.default' }),
      snat('s', { ovnEip: 'own', ipName: 'web.default' }),
      snat('all', { ovnEip: 'shared', vpcSubnet: 'vpc1-subnet1' }),
    );
    const lost = afterPass(toPod, fabricWith(nodes, { 'cr-vpc1-external0': 'vnode-117-46' }));
    for (const [kind, name] of [
      ['OvnFip', 'web'],
      ['OvnDnatRule', 'd'],
      ['OvnSnatRule', 's'],
    ] as const) {
      expect(ready(lost, kind, name)).toEqual(
        expect.stringMatching(
          /^False Pending: centralized: vnode-117-46 answers, but no chassis has claimed port web.default of the workload; see that vnode-103-176 has an interface/,
        ),
      );
      expect(ready(afterPass(toPod), kind, name)).toBe('True Programmed: centralized: vnode-117-46 answers');
    }
    expect(ready(lost, 'OvnSnatRule', 'all')).toMatch(/^True Programmed/);
  });

  it('that wait for an object with an error say that one', () => {
    const pass = afterPass(
      fieldStoryWith(...objects, vip('v', { subnet: 'vpc1-subnet1', v4ip: '10.0.0.1' })),
    );
    expect(ready(pass, 'OvnDnatRule', 'd')).toMatch(
      /^False AddressOutsideSubnet: vip\/v: 10\.0\.0\.1 is not in/,
    );
    const lost = afterPass(fieldStoryWith(snat('s', { ovnEip: 'nope', vpcSubnet: 'vpc1-subnet1' })));
    expect(ready(lost, 'OvnSnatRule', 's')).toBe(
      'False ReferenceNotFound: ovn-eip/nope does not exist; create ovn-eip/nope, or correct spec.ovnEip',
    );
  });

  it('are noted on their EIP, and it on them, as Kube-OVN does', () => {
    const { resources } = afterPass(objects);
    const noted = (kind: 'OvnEip' | 'OvnSnatRule' | 'OvnDnatRule' | 'OvnFip', name: string) => {
      const object = resources[kind].find(({ metadata }) => metadata.name === name);
      return { ...object?.metadata.labels, ...object?.metadata.annotations };
    };
    expect(statusOf(afterPass(objects), 'OvnEip', 'shared')).toMatchObject({ nat: 'dnat,snat', type: 'nat' });
    expect(noted('OvnEip', 'shared')).toEqual({
      'ovn.kubernetes.io/subnet': 'external0',
      'ovn.kubernetes.io/ovn_eip_type': 'nat',
      'ovn.kubernetes.io/eip_v4_ip': '10.9.101.30',
      'ovn.kubernetes.io/vpc': 'vpc1',
      'ovn.kubernetes.io/vpc_nat': 's',
    });
    const ofRule = { 'ovn.kubernetes.io/eip_v4_ip': '10.9.101.30', 'ovn.kubernetes.io/vpc_eip': 'shared' };
    expect(noted('OvnSnatRule', 's')).toEqual(ofRule);
    expect(noted('OvnDnatRule', 'd')).toEqual(ofRule);
    expect(noted('OvnFip', 'web')).toMatchObject({ 'ovn.kubernetes.io/vpc_eip': 'web' });
  });

  it('leave a label out whose value would be too long for one', () => {
    const name = 'v'.repeat(64);
    const { resources } = afterPass(
      fieldStoryWith(
        vpc(name, { enableExternal: true, extraExternalSubnets: ['external0'] }),
        eip('shared', { externalSubnet: 'external0' }),
        dnat('d', { ovnEip: 'shared', vpc: name, v4Ip: '10.0.0.1' }),
      ),
    );
    const shared = resources.OvnEip.find(({ metadata }) => metadata.name === 'shared')?.metadata;
    expect(shared?.annotations).toMatchObject({ 'ovn.kubernetes.io/vpc_nat': 'd' });
    expect(shared?.labels).not.toHaveProperty('ovn.kubernetes.io/vpc');
  });

  it('that go take their notes along, and no label of the user', () => {
    const stored = resourcesIn(afterPass(objects).resources)
      .filter(({ kind }) => kind !== 'OvnSnatRule' && kind !== 'OvnDnatRule')
      .map((object) =>
        object.kind === 'OvnEip'
          ? { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, mine: 'x' } } }
          : object,
      );
    const { resources } = afterPass(stored);
    const shared = resources.OvnEip.find(({ metadata }) => metadata.name === 'shared');
    expect(shared?.metadata).toMatchObject({ annotations: {}, labels: { mine: 'x' } });
    expect(shared?.metadata.labels).not.toHaveProperty('ovn.kubernetes.io/vpc');
    expect(shared?.status).toHaveProperty('nat', undefined);
  });
});

describe('an EIP of a node', () => {
  it('is ready once a node has claimed its port', () => {
    const own = fieldStoryWith(
      eip('vnode-103-177', { externalSubnet: 'external0', type: 'lsp', v4Ip: '10.9.101.60' }),
    );
    expect(ready(afterPass(own), 'OvnEip', 'vnode-103-177')).toBe(
      'False Pending: 10.9.101.60 waits for a node to claim port vnode-103-177',
    );
    const claimed = fabricWith(nodes, { 'vnode-103-177': 'vnode-103-177' });
    expect(ready(afterPass(own, claimed), 'OvnEip', 'vnode-103-177')).toBe(
      'True Programmed: 10.9.101.60 is the address of node vnode-103-177',
    );
  });
});

describe('a Vip', () => {
  it('shows its addresses and counts in its subnet', () => {
    const pass = afterPass(objects);
    expect(statusOf(pass, 'Vip', 'v')).toMatchObject({ v4ip: '192.168.0.100', type: '' });
    expect(ready(pass, 'Vip', 'v')).toBe('True Programmed: 192.168.0.100 of subnet/vpc1-subnet1');
    expect(statusOf(pass, 'Subnet', 'vpc1-subnet1')).toMatchObject({
      v4usingIPs: 2,
      v4usingIPrange: '192.168.0.4,192.168.0.100',
    });
  });
});
