import { type Resource, resourceSetOf, resourcesIn } from '@berth/api';
import { describe, expect, it } from 'vitest';
import { fieldFabric, fieldStoryWith } from '../../testing/field-story.ts';
import { dnat, eip, fip, snat, vip } from '../../testing/resources.ts';
import { type Settled, settings, settle } from '../../testing/settle.ts';
import { intentOf } from '../intent-of.ts';

const deletionTimestamp = '2026-01-01T00:00:00Z';
const objects = fieldStoryWith(
  eip('shared', { externalSubnet: 'external0' }),
  eip('out', { externalSubnet: 'external0' }),
  vip('v', { subnet: 'vpc1-subnet1' }),
  fip('f', { ovnEip: 'shared', ipType: 'vip', ipName: 'v', type: 'centralized' }),
  dnat('d', { ovnEip: 'shared', vpc: 'vpc1', v4Ip: '192.168.0.9' }),
  snat('s', { ovnEip: 'out', vpcSubnet: 'vpc1-subnet1' }),
);

/** The settled objects with some being deleted, `OvnEip/web`. */
function deleting(...names: readonly string[]): Pick<Settled, 'findings' | 'released' | 'intent'> {
  const stored = resourcesIn(settle(objects, fieldFabric).resources).map((object): Resource => {
    if (!names.includes(`${object.kind}/${object.metadata.name}`)) return object;
    return { ...object, metadata: { ...object.metadata, deletionTimestamp } } as Resource;
  });
  return intentOf(resourceSetOf(stored), fieldFabric, settings);
}

describe('deletion', () => {
  it.each([
    ['OvnEip/shared', 'ovn-fip/f, ovn-dnat-rule/d'],
    ['OvnEip/out', 'ovn-snat-rule/s'],
    ['Vip/v', 'ovn-fip/f'],
    ['Subnet/vpc1-subnet1', 'ip/web.default (of pod/default/web), vip/v, ovn-snat-rule/s'],
    ['Vpc/vpc1', 'subnet/vpc1-subnet1, ovn-dnat-rule/d'],
  ])('of %s waits for %s, and nothing stops meanwhile', (name, users) => {
    const { findings, released, intent } = deleting(name);
    expect(findings.map(({ code, message }) => [code, message.split(' used by ')[1]])).toEqual([
      ['in-use', users],
    ]);
    expect(released).toEqual([]);
    expect(intent).toEqual(deleting().intent);
  });

  it('of rules with what they use lets all go at once', () => {
    const names = ['OvnEip/shared', 'OvnEip/out', 'OvnFip/f', 'OvnDnatRule/d', 'OvnSnatRule/s', 'Vip/v'];
    const { findings, released, intent } = deleting(...names);
    expect(findings).toEqual([]);
    expect(released.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort()).toEqual(names.sort());
    expect(intent.vpcs[0]).toMatchObject({
      sourceNats: [],
      portForwards: [],
      floatingIps: [{ name: 'web' }],
    });
  });
});
