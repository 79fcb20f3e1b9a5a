import type { Vpc } from '@berth/api';
import { describe, expect, it } from 'vitest';
import { fieldStoryWith } from '../testing/field-story.ts';
import { afterPass, ready, statusOf } from '../testing/pass.ts';
import { subnet, vlan, vpc } from '../testing/resources.ts';

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
    expect(ready(pass, 'Vpc', 'vpc1')).toMatch(/^True Programmed: external0: .*; external1: /);
  });

  it('is not ready while a route leads nowhere, and notes what only may be wrong', () => {
    const route = (nextHopIP: string, ecmpMode?: string): Vpc =>
      attached({ staticRoutes: [{ cidr: '172.16.0.0/16', nextHopIP, ...(ecmpMode && { ecmpMode }) }] });
    const broken = afterPass(fieldStoryWith(route('10.99.0.1')));
    expect(ready(broken, 'Vpc', 'vpc1')).toBe('False RouteNowhere: 10.99.0.1 is on no network of vpc/vpc1');
    const noted = afterPass(fieldStoryWith(route('10.9.101.7', 'ecmp_symmetric_reply')));
    expect(ready(noted, 'Vpc', 'vpc1')).toMatch(/^True Programmed: .*; OVN does not let replies leave/);
  });
});
