import { type Resource, resourceSetOf, resourcesIn } from '@berth/api';
import { describe, expect, it } from 'vitest';
import { intentOf } from '../intent/intent-of.ts';
import { fieldFabric, fieldStory, fieldStoryWith } from '../testing/field-story.ts';
import { afterPass, morning, noon, ready, statusOf, written } from '../testing/pass.ts';
import { fip } from '../testing/resources.ts';
import { settings, settle } from '../testing/settle.ts';
import { statusWrites } from './status-writes.ts';

const web = { ovnEip: 'web', ipName: 'web.default' };

describe('the field story', () => {
  const pass = afterPass(fieldStory);

  it('gives every object of ours a status, and none to be stored again', () => {
    expect(written(pass)).toEqual([
      'ProviderNetwork/external0',
      'Vlan/external0',
      'Vpc/vpc1',
      'Subnet/external0',
      'Subnet/vpc1-subnet1',
      'OvnEip/vpc1-external0',
      'OvnEip/web',
      'OvnFip/web',
    ]);
    expect(pass.again).toEqual([]);
  });

  it('shows where the floating IP is answered', () => {
    expect(statusOf(pass, 'OvnFip', 'web')).toEqual({
      ready: true,
      vpc: 'vpc1',
      v4Eip: '10.9.101.9',
      v4Ip: '192.168.0.4',
      macAddress: '36:3e:6d:8f:9f:31',
      placement: 'distributed',
      berth: 'vnode-103-176',
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'Programmed',
          message: 'distributed: vnode-103-176 answers',
          observedGeneration: 1,
          lastUpdateTime: morning,
          lastTransitionTime: morning,
        },
      ],
    });
  });

  it('shows the rest as Kube-OVN does', () => {
    expect(statusOf(pass, 'OvnEip', 'web')).toMatchObject({
      ready: true,
      type: 'nat',
      nat: 'fip',
      v4Ip: '10.9.101.9',
    });
    expect(statusOf(pass, 'OvnEip', 'vpc1-external0')).toMatchObject({ ready: true, type: 'lrp' });
    expect(statusOf(pass, 'Vpc', 'vpc1')).toMatchObject({
      standby: true,
      router: 'vpc1',
      subnets: ['vpc1-subnet1'],
      enableExternal: true,
      extraExternalSubnets: ['external0'],
    });
    expect(statusOf(pass, 'Subnet', 'external0')).toMatchObject({
      v4availableIPs: 244,
      v4availableIPrange: '10.9.101.11-10.9.101.254',
      v4usingIPs: 2,
      v4usingIPrange: '10.9.101.9-10.9.101.10',
      v6availableIPs: 0,
      v6usingIPs: 0,
    });
    expect(statusOf(pass, 'Subnet', 'vpc1-subnet1')).toMatchObject({
      v4availableIPs: 252,
      v4availableIPrange: '192.168.0.2-192.168.0.3,192.168.0.5-192.168.0.254',
      v4usingIPs: 1,
      v4usingIPrange: '192.168.0.4',
    });
    expect(statusOf(pass, 'Vlan', 'external0')).toMatchObject({ subnets: ['external0'], conflict: false });
    expect(statusOf(pass, 'ProviderNetwork', 'external0')).toMatchObject({
      ready: true,
      readyNodes: ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'],
      notReadyNodes: [],
      vlans: ['external0'],
    });
  });

  it('says in each message what matters', () => {
    expect(ready(pass, 'Vpc', 'vpc1')).toBe(
      'True Programmed: external0: vnode-117-46 serves, then vnode-103-177',
    );
    expect(ready(pass, 'OvnEip', 'web')).toBe('True Programmed: 10.9.101.9 serves ovn-fip/web');
    expect(ready(pass, 'OvnEip', 'vpc1-external0')).toBe(
      'True Programmed: 10.9.101.10 is the address of vpc/vpc1 on subnet/external0',
    );
    expect(ready(pass, 'Subnet', 'external0')).toBe(
      'True Programmed: 10.9.101.0/24 on provider-network/external0, untagged',
    );
    expect(ready(pass, 'Subnet', 'vpc1-subnet1')).toBe('True Programmed: 192.168.0.0/24 in vpc/vpc1');
  });

  it('shows the router port’s MAC and the active gateway once centralized', () => {
    const central = afterPass(fieldStoryWith(fip('web', { ...web, type: 'centralized' })));
    expect(statusOf(central, 'OvnFip', 'web')).toMatchObject({
      placement: 'centralized',
      berth: 'vnode-117-46',
      macAddress: '7a:f4:44:a4:49:73',
    });
    expect(ready(central, 'OvnFip', 'web')).toBe('True Programmed: centralized: vnode-117-46 answers');
  });
});

describe('an object that is being deleted', () => {
  const deletionTimestamp = morning;

  it('gets a status while it is in use, and none once it is let go', () => {
    const stored = resourcesIn(settle(fieldStory, fieldFabric).resources).map((object) =>
      object.metadata.name === 'web' && object.kind !== 'Pod'
        ? ({ ...object, metadata: { ...object.metadata, deletionTimestamp } } as Resource)
        : object,
    );
    const both = intentOf(resourceSetOf(stored), fieldFabric, settings);
    const writes = statusWrites({
      ...both,
      resources: resourceSetOf(stored),
      fabric: fieldFabric,
      now: noon,
      defaultExternalSubnet: 'external0',
    });
    expect(writes.some(({ object }) => object.metadata.name === 'web')).toBe(false);

    const inUse = afterPass(
      stored.map((object) =>
        object.kind === 'OvnFip'
          ? { ...object, metadata: { ...object.metadata, deletionTimestamp: undefined } }
          : object,
      ),
    );
    expect(ready(inUse, 'OvnEip', 'web')).toBe(
      'True InUse: 10.9.101.9 serves ovn-fip/web; ovn-eip/web is being deleted but is used by ovn-fip/web; to let it go delete ovn-fip/web; where it is still wanted, apply it again once it is gone',
    );
  });
});
