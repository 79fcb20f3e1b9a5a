import { resourcesIn, type Vpc } from '@berth/api';
import { describe, expect, it } from 'vitest';
import { recordedDrains } from '../intent/gateway/gateway-drain.ts';
import { fieldFabric, fieldStoryWith, gatewayRules } from '../testing/field-story.ts';
import { afterPass, morning, noon, ready, statusOf } from '../testing/pass.ts';
import { withMembers } from '../testing/reported.ts';
import { gatewayNode, gatewayPolicy, subnet, vlan, vpc } from '../testing/resources.ts';

const attached = (spec: Vpc['spec']): Vpc =>
  vpc('vpc1', { enableExternal: true, extraExternalSubnets: ['external0'], ...spec });

describe('a VPC', () => {
  it('shows whether it watches its next hops', () => {
    const shown = (spec: Vpc['spec']) =>
      statusOf(afterPass(fieldStoryWith(attached(spec))), 'Vpc', 'vpc1') as Vpc['status'];
    expect(shown({ enableBfd: true })?.enableBfd).toBe(true);
    expect(shown({ enableBfd: false })?.enableBfd).toBe(false);
    expect(shown({ enableBfd: true, enableExternal: false })?.enableBfd).toBe(false);
    expect(shown({})?.enableBfd).toBeUndefined();
  });

  it('shows each external subnet it has a port on, and who serves there', () => {
    const pass = afterPass(
      fieldStoryWith(
        vlan('external1', { id: 7, provider: 'external0' }),
        subnet('external1', { vlan: 'external1', cidrBlock: '10.9.102.0/24' }),
        attached({
          extraExternalSubnets: ['external0', 'external1'],
          staticRoutes: [{ cidr: '0.0.0.0/0', nextHopIP: '10.9.101.1' }],
        }),
      ),
    );
    expect(statusOf(pass, 'Vpc', 'vpc1')).toMatchObject({
      enableExternal: true,
      extraExternalSubnets: ['external0', 'external1'],
    });
    expect(ready(pass, 'Vpc', 'vpc1')).toMatch(
      /^False Pending: external0: vnode-117-46 serves, .*; external1: no gateway serves now, /,
    );
  });

  it('is not ready while a route leads nowhere, and notes what only may be wrong', () => {
    const route = (nextHopIP: string, ecmpMode?: string): Vpc =>
      attached({ staticRoutes: [{ cidr: '172.16.0.0/16', nextHopIP, ...(ecmpMode && { ecmpMode }) }] });
    const broken = afterPass(fieldStoryWith(route('10.99.0.1')));
    expect(ready(broken, 'Vpc', 'vpc1')).toBe(
      'False RouteNowhere: 10.99.0.1 is on no network of vpc/vpc1; name a next hop on a subnet of the VPC, or attach the VPC to the subnet that has it',
    );
    const noted = afterPass(fieldStoryWith(route('10.9.101.7', 'ecmp_symmetric_reply')));
    expect(ready(noted, 'Vpc', 'vpc1')).toMatch(/^True Programmed: .*; OVN does not let replies leave/);
  });

  it('shows since when a gateway is to leave, for as long as it is, whoever controls', () => {
    const present = withMembers(fieldFabric, 'vpc1-external0', 'vnode-117-46', 'vnode-103-177');
    const patient = gatewayPolicy('p', { gateways: { drainSeconds: 60 } });
    const drained = gatewayNode('vnode-117-46', { cordoned: true });
    const shown = (pass: ReturnType<typeof afterPass>) => statusOf(pass, 'Vpc', 'vpc1') as Vpc['status'];
    const first = afterPass(fieldStoryWith(patient, drained), present);
    const draining = [{ subnet: 'external0', node: 'vnode-117-46', since: morning }];
    expect(shown(first)?.draining).toEqual(draining);
    expect(ready(first, 'Vpc', 'vpc1')).toBe(
      'True GatewayDraining: external0: vnode-117-46 serves and is to leave, then vnode-103-177',
    );
    expect(ready(first, 'Vpc', 'vpc1')).toContain('vnode-117-46 serves and is to leave');
    expect(recordedDrains(first.resources)).toEqual([
      { key: 'vpc1-external0 vnode-117-46', since: morning, seconds: 60 },
    ]);
    const later = afterPass(resourcesIn(first.resources), present, { now: noon });
    expect(shown(later)?.draining).toEqual(draining);
    const wanted = resourcesIn(later.resources).map((each) =>
      each.kind === 'Node' && each.metadata.name === 'vnode-117-46' ? gatewayNode('vnode-117-46') : each,
    );
    expect(shown(afterPass(wanted, present))?.draining).toBeUndefined();
  });

  it('says that the gateway that serves has no Node any more, and so do the rules that it answers for', () => {
    const [serving, standby] = ['vnode-117-46', 'vnode-103-177'];
    const story = fieldStoryWith(...gatewayRules);
    const without = (...gone: readonly string[]) =>
      story.filter(({ kind, metadata }) => kind !== 'Node' || !gone.includes(metadata.name));
    const fabric = withMembers(fieldFabric, 'vpc1-external0', serving, standby);
    const alone = afterPass(without(serving, standby), fabric);
    expect(ready(alone, 'Vpc', 'vpc1')).toMatch(
      /^True NoCandidate: external0: vnode-117-46 serves.*from vnode-117-46, which has no Node any more and goes on/,
    );
    for (const [kind, name] of [
      ['OvnFip', 'web'],
      ['OvnSnatRule', 'out'],
      ['OvnDnatRule', 'in'],
    ] as const)
      expect(ready(alone, kind, name)).toBe(
        'True Programmed: centralized: vnode-117-46 answers, which has no Node any more and goes on until another gateway can take over: see vpc/vpc1',
      );
    // The other one takes over in a moment.
    const followed = afterPass(without(serving), fabric);
    expect(ready(followed, 'OvnFip', 'web')).toBe('True Programmed: centralized: vnode-117-46 answers');
    expect(ready(followed, 'Vpc', 'vpc1')).toMatch(/^True Programmed: external0: vnode-117-46 serves/);
  });
});
