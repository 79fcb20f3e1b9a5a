import { describe, expect, it } from 'vitest';
import { outsideNic, outsideScript } from './outside.ts';
import { type LabPlan, planNodes } from './plan.ts';

const plan: LabPlan = {
  name: 'demo',
  directory: '/run/berth/labs/demo',
  nodes: planNodes('demo', ['n1']),
  wires: ['ext0', 'ext1'],
  raft: false,
  rootless: false,
  ovnSchemas: '/usr/share/ovn',
  vswitchSchemas: '/usr/share/openvswitch',
};
const calls = (networks: Parameters<typeof outsideScript>[1]) => {
  const lines = outsideScript(plan, networks).split('\n');
  return lines.slice(lines.lastIndexOf('set -e') + 1);
};

describe('outsideScript', () => {
  it('says for every NIC what addresses it has', () => {
    expect(calls([{ wire: 'ext0', vlanId: 0, addresses: ['10.0.0.2/24', '10.0.0.1/24'] }])).toEqual([
      '[ ! -e "$home/conf.db" ] || start_switch',
      'only_tagged',
      'only_addresses ext0 10.0.0.1/24 10.0.0.2/24',
      'only_addresses ext1',
    ]);
  });

  it('puts tagged networks of one wire on one trunk', () => {
    const tagged = (vlanId: number) => ({ wire: 'ext0', vlanId, addresses: [`10.0.${vlanId}.1/24`] });
    expect(calls([tagged(20), tagged(3)])).toEqual([
      'start_switch',
      'only_tagged ext0.20 ext0.3',
      'trunk ext0 3,20',
      'tagged ext0 20 ext0.20',
      'tagged ext0 3 ext0.3',
      'only_addresses ext0',
      'only_addresses ext1',
      'only_addresses ext0.20 10.0.20.1/24',
      'only_addresses ext0.3 10.0.3.1/24',
    ]);
  });

  it('refuses wires and tags there are not', () => {
    expect(() => outsideScript(plan, [{ wire: 'ext', vlanId: 0, addresses: [] }])).toThrow(
      'there is no wire "ext"',
    );
    expect(() => outsideScript(plan, [{ wire: 'ext0', vlanId: 4095, addresses: [] }])).toThrow(
      '4095 is not a VLAN tag',
    );
  });

  it('names NICs by wire and tag', () => {
    expect([outsideNic('ext0', 0), outsideNic('ext0', 7)]).toEqual(['ext0', 'ext0.7']);
  });
});
