import { describe, expect, it } from 'vitest';
import { fieldStoryWith } from '../testing/field-story.ts';
import { afterPass, bridge, ready, statusOf } from '../testing/pass.ts';
import { eip, gatewayNode, node, providerNetwork, subnet, vlan, vpc } from '../testing/resources.ts';
import { fabricWith } from '../testing/settle.ts';

describe('networks', () => {
  it('count addresses of both families, requests among the excluded ones too', () => {
    const pass = afterPass([
      providerNetwork('external0'),
      vlan('external0', { id: 7 }),
      subnet('external0', {
        vlan: 'external0',
        cidrBlock: '10.0.0.0/29,fd00::/125',
        excludeIps: ['10.0.0.5..10.0.0.6', 'fd00::6'],
      }),
      eip('a', { v4Ip: '10.0.0.5' }),
    ]);
    expect(statusOf(pass, 'Subnet', 'external0')).toMatchObject({
      v4availableIPs: 3,
      v4availableIPrange: '10.0.0.2-10.0.0.4',
      v4usingIPs: 1,
      v4usingIPrange: '10.0.0.5',
      v6availableIPs: 4,
      v6availableIPrange: 'fd00::3-fd00::5,fd00::7',
      v6usingIPs: 1,
      v6usingIPrange: 'fd00::2',
    });
    expect(ready(pass, 'Subnet', 'external0')).toContain('VLAN 7');
  });

  it('that clash say with whom', () => {
    const pass = afterPass(
      fieldStoryWith(
        vlan('a', { provider: 'external0', id: 7 }),
        vlan('b', { provider: 'external0', id: 7 }),
      ),
    );
    expect(statusOf(pass, 'Vlan', 'a')).toMatchObject({ conflict: true });
    expect(ready(pass, 'Vlan', 'a')).toBe(
      'True Programmed: VLAN 7 on provider-network/external0, as is vlan/b',
    );
    expect(ready(pass, 'Vlan', 'b')).toBe(
      'True Programmed: VLAN 7 on provider-network/external0; VLAN 7 of provider-network/external0 is vlan/a already; use vlan/a, or another id',
    );
    expect(statusOf(pass, 'Vlan', 'external0')).toMatchObject({ conflict: false });
  });

  it.each([
    [{}, [], /^False Pending: no node is to have the bridge: there is no Node; make /],
    [{ excludeNodes: ['n'] }, ['n'], /: spec\.excludeNodes names every one of 1; take one out/],
    [{ nodeSelector: { matchLabels: { zone: 'a' } } }, ['n'], /: spec\.nodeSelector fits none of 1; label /],
  ])('that no node is to have say why: %j', (spec, names, said) => {
    const pass = afterPass([providerNetwork('external0', spec), ...names.map((name) => node(name))]);
    expect(ready(pass, 'ProviderNetwork', 'external0')).toMatch(said);
  });

  it('wait for the nodes they are meant for', () => {
    const excluding = providerNetwork('external0', { excludeNodes: ['vnode-117-46'] });
    const half = fabricWith({ 'vnode-103-176': bridge, 'vnode-103-177': '' });
    const pass = afterPass(fieldStoryWith(excluding), half);
    expect(statusOf(pass, 'ProviderNetwork', 'external0')).toMatchObject({
      ready: false,
      readyNodes: ['vnode-103-176'],
      notReadyNodes: ['vnode-103-177'],
    });
    expect(ready(pass, 'ProviderNetwork', 'external0')).toBe('False Pending: no bridge yet on vnode-103-177');
  });

  it.each([
    [{ matchLabels: { zone: 'a' } }, ['n1']],
    [{ matchExpressions: [{ key: 'zone', operator: 'In' as const, values: ['a', 'b'] }] }, ['n1', 'n2']],
    [{ matchExpressions: [{ key: 'zone', operator: 'NotIn' as const, values: ['a'] }] }, ['n2', 'n3']],
    [{ matchExpressions: [{ key: 'zone', operator: 'Exists' as const }] }, ['n1', 'n2']],
    [{ matchExpressions: [{ key: 'zone', operator: 'DoesNotExist' as const }] }, ['n3']],
    [{}, ['n1', 'n2', 'n3']],
  ])('choose nodes by %j, which goes before excludeNodes', (nodeSelector, expected) => {
    const pass = afterPass([
      node('n1', { labels: { zone: 'a' } }),
      node('n2', { labels: { zone: 'b' } }),
      node('n3'),
      providerNetwork('external0', { nodeSelector, excludeNodes: ['n1'] }),
    ]);
    expect(statusOf(pass, 'ProviderNetwork', 'external0')).toMatchObject({ notReadyNodes: expected });
  });

  it('that cannot be are not ready for their own reason, and a VPC says which port it misses', () => {
    const pass = afterPass(
      fieldStoryWith(
        subnet('zz', { vlan: 'external0', cidrBlock: '10.9.101.128/25' }),
        vpc('vpc2', { enableExternal: true, extraExternalSubnets: ['zz'] }),
        vlan('lost', { provider: 'nope' }),
        subnet('lost', { vlan: 'lost', cidrBlock: '10.8.0.0/24' }),
      ),
    );
    expect(ready(pass, 'Subnet', 'zz')).toMatch(/^False CidrOverlap: /);
    expect(ready(pass, 'Vpc', 'vpc2')).toMatch(
      /^False CidrOverlap: subnet\/zz: 10\.9\.101\.128\/25 overlaps/,
    );
    expect(statusOf(pass, 'Vpc', 'vpc2')).toMatchObject({ enableExternal: false });
    expect(ready(pass, 'Subnet', 'lost')).toBe(
      'False ReferenceNotFound: vlan/lost: provider-network/nope does not exist; create provider-network/nope, or correct spec.provider',
    );
  });

  it('that are not attached say so', () => {
    expect(ready(afterPass([vpc('quiet'), gatewayNode('n')]), 'Vpc', 'quiet')).toBe(
      'True Programmed: attached to no external subnet',
    );
  });
});
