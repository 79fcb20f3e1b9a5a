import { keepAnnotation, type OvnFip, type Resource, resourceSetOf } from '@berth/api';
import { describe, expect, it } from 'vitest';
import { fieldFabric, fieldStoryWith } from '../../testing/field-story.ts';
import { eip, fip, gatewayNode, node, subnet, vpc } from '../../testing/resources.ts';
import { fabricWith, settle } from '../../testing/settle.ts';
import { lookupOf } from '../object/lookup.ts';
import { gatewayOrder } from './gateway.ts';
import { gatewaySceneOf } from './gateway-node.ts';

const onPod: OvnFip['spec'] = { ovnEip: 'web', ipName: 'web.default', type: 'centralized' };
const mac = '6a:00:00:00:00:04';

function floatingIpOf(keep: string, ...others: readonly Resource[]) {
  const web = fip('web', onPod, { annotations: { [keepAnnotation]: keep } });
  const { intent, findings } = settle(fieldStoryWith(web, ...others), fieldFabric);
  const [found] = intent.vpcs.flatMap(({ floatingIps }) => floatingIps);
  return { found, codes: findings.map(({ code }) => code) };
}

describe('what a floating IP keeps', () => {
  it('is its placement, its MAC and that it is stateless, whatever is asked for; that is told', () => {
    const keep = { placement: 'distributed', mac, port: 'web.default', stateless: true };
    const { found, codes } = floatingIpOf(JSON.stringify(keep));
    expect(found).toMatchObject({
      mac,
      stateless: true,
      placement: { effective: 'distributed', atWorkload: true },
    });
    expect(codes).toEqual(['placement-kept']);
  });

  it('is no MAC once it leads to another port', () => {
    const { found } = floatingIpOf(JSON.stringify({ placement: 'distributed', mac, port: 'other.default' }));
    expect(found?.mac).not.toBe(mac);
    expect(found?.placement.effective).toBe('distributed');
  });

  it.each([['{"placement":"anywhere"}'], ['{'], ['[]'], ['{"placement":"distributed","rows":1}']])(
    'is nothing where %s is said, which is an error',
    (text) => {
      const { found, codes } = floatingIpOf(text);
      expect(found?.placement.effective).toBe('centralized');
      expect(codes).toEqual(['keep-unreadable']);
    },
  );

  it.each([['zz'], ['ff:ff:ff:ff:ff:ff'], ['01:00:00:00:00:01'], ['00:00:00:00:00:00']])(
    'is nothing where the MAC is %s, which no station can have',
    (notOne) => {
      const { found, codes } = floatingIpOf(
        JSON.stringify({ placement: 'distributed', mac: notOne, port: 'web.default' }),
      );
      expect(found?.mac).not.toBe(notOne);
      expect(found?.placement.effective).toBe('centralized');
      expect(codes).toEqual(['keep-unreadable']);
    },
  );

  it('is nothing where the annotation is empty', () => {
    const { found, codes } = floatingIpOf('');
    expect(found?.placement.effective).toBe('centralized');
    expect(codes).toEqual([]);
  });
});

describe('the MAC of a router port', () => {
  const portOf = (routerMac: string) => {
    const keep = { [keepAnnotation]: JSON.stringify({ routerMac }) };
    const kept = subnet(
      'vpc1-subnet1',
      { vpc: 'vpc1', protocol: 'IPv4', cidrBlock: '192.168.0.0/24', gateway: '192.168.0.1' },
      { annotations: keep },
    );
    const { intent, findings } = settle(fieldStoryWith(kept), fieldFabric);
    const found = intent.vpcs.flatMap(({ subnets }) => subnets).find(({ name }) => name === 'vpc1-subnet1');
    return { mac: found?.routerMac, codes: findings.map(({ code }) => code) };
  };

  it('is the one that is kept', () => {
    expect(portOf('6e:12:34:56:78:9a')).toEqual({ mac: '6e:12:34:56:78:9a', codes: [] });
  });

  it.each([['zz'], ['ff:ff:ff:ff:ff:ff'], ['01:00:00:00:00:01'], ['00:00:00:00:00:00']])(
    'is not %s, which no station can have',
    (notOne) => {
      expect(portOf(notOne)).toEqual({ mac: undefined, codes: ['keep-unreadable'] });
    },
  );
});

describe('a gateway group that is kept', () => {
  const names = ['node-1', 'node-2', 'node-3', 'plain'];
  const nodes = [gatewayNode('node-1'), gatewayNode('node-2'), gatewayNode('node-3'), node('plain')];
  const orderOf = (kept: readonly string[], mapped = names): readonly string[] =>
    gatewayOrder(
      { routerPort: 'vpc1-external0', network: 'external0', vpc: 'vpc1', kept },
      gatewaySceneOf(
        lookupOf(resourceSetOf(nodes)),
        fabricWith(Object.fromEntries(mapped.map((name) => [name, 'external0:br-external0']))),
        undefined,
      ),
    ).gateways.map((each) => each.node);

  it('has its members in their order, also one without a label, and no other', () => {
    expect(orderOf(['plain', 'node-3', 'node-1'])).toEqual(['plain', 'node-3', 'node-1']);
    expect(orderOf(['node-1', 'node-3', 'plain'])).toEqual(['node-1', 'node-3', 'plain']);
  });

  it('has the priorities that it was found with, for as long as they say its order', () => {
    const found = (...priorities: readonly number[]) => {
      const members = priorities.map((priority, place) => ({
        chassis: `chassis-node-${place + 1}`,
        priority,
      }));
      const mappings = names.map((name) => [name, 'external0:br-external0'] as const);
      const gateways = new Map([['vpc1-external0', members]]);
      const fabric = { ...fabricWith(Object.fromEntries(mappings)), gateways };
      return gatewayOrder(
        { routerPort: 'vpc1-external0', network: 'external0', vpc: 'vpc1', kept: ['node-1', 'node-2'] },
        gatewaySceneOf(lookupOf(resourceSetOf(nodes)), fabric, undefined),
      ).gateways.map(({ node: name, priority }) => [name, priority]);
    };
    expect(found(99, 42)).toEqual([
      ['node-1', 99],
      ['node-2', 42],
    ]);
    expect(found(7, 7)).toEqual([
      ['node-1', undefined],
      ['node-2', undefined],
    ]);
  });

  it('loses members that are not fit, and takes others only when none is left', () => {
    expect(orderOf(['node-2', 'node-1'], ['node-1', 'node-3'])).toEqual(['node-1']);
    expect(orderOf(['node-2'], ['node-1', 'node-3']).toSorted()).toEqual(['node-1', 'node-3']);
    expect(orderOf(['gone'], ['node-1'])).toEqual(['node-1']);
  });
});

describe('what cannot be kept is told', () => {
  const codes = (...objects: readonly Resource[]) =>
    settle(fieldStoryWith(...objects), fieldFabric)
      .findings.filter(({ code }) => code.startsWith('keep-'))
      .map(({ code, object, message, cure }) => [code, object?.kind, message, cure] as const);
  const keeping = (text: string) => ({ annotations: { [keepAnnotation]: text } });

  it('on a kind that keeps nothing, with the one that does', () => {
    const spec = { externalSubnet: 'external0', v4Ip: '10.9.101.9', type: 'nat' } as const;
    expect(codes(eip('web', spec, keeping('{"placement":"distributed"}')))).toEqual([
      [
        'keep-ignored',
        'OvnEip',
        'the annotation berth.dev/keep does not count on ovn-eip/web: only an OvnFip, a Vpc and a Subnet can keep something',
        'write it on the OvnFip that uses ovn-eip/web, or remove it',
      ],
    ]);
    expect(codes(eip('web', spec, keeping('')))).toEqual([]);
  });

  it.each([
    [
      '{"gateways":{"external0":["vnode-103-177","nobody"]}}',
      'names node/nobody, which is not there: it keeps vnode-103-177',
    ],
    [
      '{"gateways":{"external0":["nobody"]}}',
      'names node/nobody, which is not there: its gateways to subnet/external0 are those that its policy or the labels of nodes choose',
    ],
    [
      '{"gateways":{"elsewhere":["vnode-103-177"]}}',
      'names gateways to subnet/elsewhere, on which vpc/vpc1 has no port: they count for nothing',
    ],
  ])('of a Vpc: %s', (text, said) => {
    const told = codes(
      vpc('vpc1', { enableExternal: true, extraExternalSubnets: ['external0'] }, keeping(text)),
    );
    expect(told.map(([code, kind, message]) => [code, kind, message])).toEqual([
      ['keep-ignored', 'Vpc', `the annotation berth.dev/keep of vpc/vpc1 ${said}`],
    ]);
  });
});

describe('a group that was found with one gateway', () => {
  const isAlone = (...gateways: readonly string[]) => {
    const annotations = { [keepAnnotation]: JSON.stringify({ gateways: { external0: gateways } }) };
    const own = vpc('vpc1', { enableExternal: true, extraExternalSubnets: ['external0'] }, { annotations });
    const [found] = settle(fieldStoryWith(own), fieldFabric).intent.vpcs.filter(
      ({ name }) => name === 'vpc1',
    );
    return found?.attachments.map((each) => each.isAlone);
  };

  it('has no other member while it has that one, and is as any other where that is no node', () => {
    expect(isAlone('vnode-103-177')).toEqual([true]);
    expect(isAlone('nobody')).toEqual([undefined]);
    expect(isAlone('vnode-103-177', 'vnode-117-46')).toEqual([undefined]);
  });
});
