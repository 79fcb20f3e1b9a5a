import type { OvnFip, Resource } from '@berth/api';
import { describe, expect, it } from 'vitest';
import { fieldFabric, fieldStoryWith } from '../../testing/field-story.ts';
import { fip, gatewayConfig } from '../../testing/resources.ts';
import { settle } from '../../testing/settle.ts';

const onPod: OvnFip['spec'] = { ovnEip: 'web', ipName: 'web.default' };
const onAddress: OvnFip['spec'] = { ovnEip: 'web', vpc: 'vpc1', v4Ip: '192.168.0.4' };

function placementOf(...others: readonly Resource[]) {
  const { intent, findings } = settle(fieldStoryWith(...others), fieldFabric);
  const [floatingIp] = intent.vpcs.flatMap(({ floatingIps }) => floatingIps);
  return { ...floatingIp?.placement, codes: findings.map(({ code }) => code) };
}

describe('placement', () => {
  it('is distributed where nobody says anything', () => {
    expect(placementOf(fip('web', onPod))).toEqual({
      wanted: 'distributed',
      effective: 'distributed',
      atWorkload: true,
      decidedBy: [],
      codes: [],
    });
  });

  it('is what the ConfigMap says', () => {
    expect(placementOf(fip('web', onPod), gatewayConfig({ type: 'centralized' }))).toEqual({
      wanted: 'centralized',
      effective: 'centralized',
      atWorkload: false,
      decidedBy: [
        {
          object: { kind: 'ConfigMap', namespace: 'kube-system', name: 'ovn-external-gw-config' },
          field: 'data.type',
        },
      ],
      codes: [],
    });
  });

  it.each([
    ['distributed', 'centralized'],
    ['centralized', 'distributed'],
  ] as const)('is %s by its own type, whatever the ConfigMap says', (type, config) => {
    expect(placementOf(fip('web', { ...onPod, type }), gatewayConfig({ type: config }))).toEqual({
      wanted: type,
      effective: type,
      atWorkload: type === 'distributed',
      decidedBy: [{ object: { kind: 'OvnFip', name: 'web' }, field: 'spec.type' }],
      codes: [],
    });
  });

  it('falls back to the default where the ConfigMap says nothing it knows', () => {
    expect(placementOf(fip('web', onPod), gatewayConfig({ type: 'Centralised' })).effective).toBe(
      'distributed',
    );
  });

  it('is centralized for an address without a port, with a finding where something else was wanted', () => {
    expect(placementOf(fip('web', onAddress))).toMatchObject({
      wanted: 'distributed',
      effective: 'centralized',
      codes: ['cannot-distribute'],
    });
    expect(placementOf(fip('web', { ...onAddress, type: 'centralized' })).codes).toEqual([]);
  });
});
