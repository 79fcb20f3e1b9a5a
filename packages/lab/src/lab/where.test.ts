import { describe, expect, it } from 'vitest';
import { type LabPlan, planNodes } from './plan.ts';
import { environmentOf, localRemotes, networkRemote, placeOf, podNetns, podOfNetns } from './where.ts';

const plan: LabPlan = {
  name: 'demo',
  directory: '/run/berth/labs/demo',
  nodes: planNodes('demo', ['n1', 'n2']),
  wires: ['ext0'],
  raft: false,
  rootless: false,
  ovnSchemas: '/usr/share/ovn',
  vswitchSchemas: '/usr/share/openvswitch',
};
const pods = ['pod.default.web', 'pod.default.web.0'];

describe('placeOf', () => {
  it.each([
    ['central', { kind: 'central' }],
    ['outside', { kind: 'outside' }],
    ['n2', { kind: 'node', node: 'n2' }],
    ['default/web', { kind: 'pod', netns: 'pod.default.web' }],
    ['default/web.0', { kind: 'pod', netns: 'pod.default.web.0' }],
    ['pod.default.web', { kind: 'pod', netns: 'pod.default.web' }],
  ])('knows %s', (where, place) => {
    expect(placeOf(plan, where, pods)).toEqual(place);
  });

  it.each(['n3', 'default/wbe', 'pod.default.x', '', '/'])('refuses %j', (where) => {
    expect(() => placeOf(plan, where, pods)).toThrow('there is no');
  });

  it('names pods there and back', () => {
    expect(podOfNetns(podNetns('default', 'web.0'))).toBe('default/web.0');
  });
});

describe('environmentOf', () => {
  it('has central use the sockets, and a node its network', () => {
    expect(environmentOf(plan, { kind: 'central' })).toMatchObject({
      OVN_RUNDIR: '/run/berth/labs/demo/central',
      OVN_NB_DB: 'unix:/run/berth/labs/demo/nb.sock',
    });
    expect(environmentOf(plan, { kind: 'node', node: 'n1' })).toMatchObject({
      OVS_RUNDIR: '/run/berth/labs/demo/nodes/n1',
      OVN_SB_DB: 'tcp:198.18.0.1:6642',
    });
    expect(environmentOf(plan, { kind: 'outside' })).not.toHaveProperty('OVN_NB_DB');
  });

  it('names every member of a cluster', () => {
    const raft = { ...plan, raft: true };
    expect(localRemotes(raft)[0]).toBe(
      'unix:/run/berth/labs/demo/nodes/n1/nb.sock,unix:/run/berth/labs/demo/nodes/n2/nb.sock',
    );
    expect(networkRemote(raft, 6642)).toBe('tcp:198.18.0.11:6642,tcp:198.18.0.12:6642');
  });
});

describe('planNodes', () => {
  it('gives a node the same identity in the same lab and another in another', () => {
    const ids = (lab: string) => planNodes(lab, ['n1', 'n2']).map(({ systemId }) => systemId);
    expect(ids('demo')).toEqual(ids('demo'));
    expect(new Set([...ids('demo'), ...ids('other')]).size).toBe(4);
  });
});
