import { type OvnFip, resourcesIn } from '@berth/api';
import { parseIp } from '@berth/net';
import { describe, expect, it } from 'vitest';
import type { Fabric } from '../fabric/fabric.ts';
import { finding } from '../finding/make.ts';
import { frozenFindings } from '../intent/gateway/frozen-finding.ts';
import { fieldFabric, fieldStory, fieldStoryWith } from '../testing/field-story.ts';
import { afterPass, bridge, morning, nodes, noon, ready, statusOf } from '../testing/pass.ts';
import { reported } from '../testing/reported.ts';
import { eip, fip, gatewayPolicy, node, pod } from '../testing/resources.ts';
import { fabricWith } from '../testing/settle.ts';

const web = { ovnEip: 'web', ipName: 'web.default' };

type FipStatus = OvnFip['status'];

/** The status as it was told of an earlier generation. */
function withGeneration(status: FipStatus, observedGeneration: number): FipStatus {
  return { ...status, conditions: status?.conditions?.map((each) => ({ ...each, observedGeneration })) };
}

describe('a floating IP', () => {
  it('is not ready while nobody claims its port', () => {
    const pass = afterPass(fieldStory, fabricWith(nodes));
    expect(ready(pass, 'OvnFip', 'web')).toBe(
      'False Pending: distributed: no chassis has claimed port web.default yet; see that vnode-103-176 has an interface with external_ids:iface-id=web.default, which berth-cni makes for a pod and on a lab berth run or apply, and that ovn-controller runs there',
    );
    expect(statusOf(pass, 'OvnFip', 'web')).toMatchObject({ ready: false, placement: 'distributed' });
    expect(statusOf(pass, 'OvnFip', 'web')).toHaveProperty('berth', undefined);
  });

  it('stays a newcomer to an EIP that is being deleted, pass after pass', () => {
    const leaving = eip(
      'web',
      { externalSubnet: 'external0', v4Ip: '10.9.101.9' },
      { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['x'] },
    );
    const known = { ...leaving, status: { v4Ip: '10.9.101.9' } };
    const earlier = { creationTimestamp: '2025-01-01T00:00:00Z' };
    const older = { ...fip('older', web, earlier), status: { v4Eip: '10.9.101.77' } };
    const first = afterPass(fieldStoryWith(known, older), fabricWith(nodes));
    const told =
      'False ReferenceTerminating: ovn-eip/web is being deleted, so it takes no new users; name another in spec.ovnEip, or make ovn-eip/web anew once it is gone';
    expect(ready(first, 'OvnFip', 'older')).toBe(told);
    expect(statusOf(first, 'OvnFip', 'older')).not.toHaveProperty('v4Eip', '10.9.101.77');
    const second = afterPass(resourcesIn(first.resources), fabricWith(nodes));
    expect(ready(second, 'OvnFip', 'older')).toBe(told);
    expect(statusOf(second, 'OvnFip', 'web')).toMatchObject({ v4Eip: '10.9.101.9' });
  });

  it('tells of its pod, and not of a sound node, where the pod is on its way out', () => {
    const leaving = pod(
      'web',
      { subnet: 'vpc1-subnet1', ips: '192.168.0.4', node: 'vnode-103-176' },
      { deletionTimestamp: '2026-01-01T08:00:30Z' },
    );
    const away =
      'pod/default/web is being deleted and has left the network; its node has until 2026-01-01T08:00:30Z to end it';
    expect(ready(afterPass(fieldStoryWith(leaving), fabricWith(nodes)), 'OvnFip', 'web')).toBe(
      `False Pending: distributed: ${away}`,
    );
    const central = fieldStoryWith(leaving, fip('web', { ...web, type: 'centralized' }));
    const fabric = fabricWith(nodes, { 'cr-vpc1-external0': 'vnode-117-46' });
    expect(ready(afterPass(central, fabric), 'OvnFip', 'web')).toBe(
      `False Pending: centralized: vnode-117-46 answers, but ${away}`,
    );
  });

  it('tells what frees the address of a pod that its node cannot end', () => {
    const node = 'vnode-103-176';
    const leaving = pod(
      'web',
      { subnet: 'vpc1-subnet1', ips: '192.168.0.4', node },
      { deletionTimestamp: '2026-01-01T08:00:30Z' },
    );
    const cure =
      'its address is kept until it is gone: bring the node back, or where it is gone for good delete its Node, or kubectl -n default delete pod web --force';
    const said = (fabric: Fabric, now: string) =>
      ready(afterPass(fieldStoryWith(leaving), fabric, { now }), 'OvnFip', 'web');
    expect(said(fabricWith(nodes), noon)).toBe(
      `False Pending: distributed: pod/default/web is being deleted, and ${node} should have ended it by 2026-01-01T08:00:30Z; ${cure}`,
    );
    const silent = reported(fabricWith(nodes), { [node]: { isFresh: false } });
    expect(said(silent, morning)).toBe(
      `False Pending: distributed: pod/default/web is being deleted, and ${node} does not answer; ${cure}`,
    );
    const dead = { ...reported(fieldFabric, { [node]: { isFresh: false } }) };
    expect(said({ ...dead, deadChassis: new Set([`chassis-${node}`]) }, noon)).toBe(
      `False WorkloadDown: distributed: ${node}, where its workload is, is confirmed dead, and pod/default/web is being deleted; ${cure}`,
    );
  });

  it('is not ready where the node that should answer has no bridge', () => {
    const pass = afterPass(
      fieldStory,
      fabricWith({ ...nodes, 'vnode-103-176': '' }, { 'web.default': 'vnode-103-176' }),
    );
    expect(ready(pass, 'OvnFip', 'web')).toBe(
      'False NoBridgeMapping: distributed: vnode-103-176 should answer but has no bridge for network external0; include vnode-103-176 in provider-network/external0, and see that its agent runs',
    );
  });

  it('is not ready when it is centralized and there is no gateway, and is when it is distributed', () => {
    const ungated = [node('vnode-103-177'), node('vnode-117-46')];
    const fabric = fabricWith(nodes, { 'web.default': 'vnode-103-176' });
    const central = afterPass(
      fieldStoryWith(...ungated, fip('web', { ...web, type: 'centralized' })),
      fabric,
    );
    expect(ready(central, 'OvnFip', 'web')).toBe(
      'False NoGateway: centralized: no node can carry external traffic of vpc/vpc1 to subnet/external0; label at least one node ovn.kubernetes.io/external-gw=true, and see that it has the bridge of the external network',
    );
    const selecting = gatewayPolicy('p', { gateways: { nodeSelector: { matchLabels: { foo: 'bar' } } } });
    const selected = fieldStoryWith(selecting, fip('web', { ...web, type: 'centralized' }));
    expect(ready(afterPass(selected, fabric), 'OvnFip', 'web')).toContain(
      'label at least one node as gatewaypolicy/p selects gateways (spec.gateways.nodeSelector)',
    );
    const distributed = afterPass(fieldStoryWith(...ungated), fabric);
    expect(ready(distributed, 'OvnFip', 'web')).toBe('True Programmed: distributed: vnode-103-176 answers');
    expect(ready(distributed, 'Vpc', 'vpc1')).toMatch(/^False NoGateway: no node can carry/);
  });

  it('shows the host of a chassis that no node has', () => {
    const fabric = fabricWith({ ...nodes, stranger: bridge }, { 'web.default': 'stranger' });
    expect(statusOf(afterPass(fieldStory, fabric), 'OvnFip', 'web')).toMatchObject({ berth: 'stranger' });
  });

  it('is not answered by a node that is dead, before and after its chassis is taken away', () => {
    const [node, standby] = ['vnode-103-176', 'vnode-117-46'];
    const health = { [node]: { isFresh: false }, [standby]: { sees: { [node]: false } } };
    const silent = reported(fieldFabric, health);
    const confirmed = { ...silent, deadChassis: new Set([`chassis-${node}`]) };
    const chassis = new Map([...silent.chassis].filter(([, { hostname }]) => hostname !== node));
    const claims = new Map([...silent.claims].filter(([, name]) => chassis.has(name)));
    const why = `${node}, where its workload is, is confirmed dead; bring the node back, or let the pod be made anew on another one`;
    for (const fabric of [confirmed, { ...confirmed, chassis, claims }]) {
      const pass = afterPass(fieldStory, fabric);
      expect(ready(pass, 'OvnFip', 'web')).toBe(`False WorkloadDown: distributed: ${why}`);
      expect(statusOf(pass, 'OvnFip', 'web')).toHaveProperty('berth', undefined);
      const central = fieldStoryWith(fip('web', { ...web, type: 'centralized' }));
      expect(ready(afterPass(central, fabric), 'OvnFip', 'web')).toBe(
        `False WorkloadDown: centralized: ${standby} answers, but ${why}`,
      );
    }
    expect(ready(afterPass(fieldStory, silent), 'OvnFip', 'web')).toMatch(/^Unknown ChassisStale/);
    // Its agent is heard, or its chassis is new and its tunnels are not up yet.
    const heard = reported(fieldFabric, { ...health, [node]: {} });
    const back = { ...silent, returned: new Set([`chassis-${node}`]) };
    for (const fabric of [heard, back])
      expect(ready(afterPass(fieldStory, fabric), 'OvnFip', 'web')).toMatch(/^True Programmed/);
  });

  it('is not met where the node of its workload has no flows, and nothing that installs them', () => {
    const node = 'vnode-103-176';
    const central = fieldStoryWith(fip('web', { ...web, type: 'centralized' }));
    const readyWith = (controllerRuns: boolean) => {
      const fabric = reported(fieldFabric, { [node]: { flowsInstalled: false, controllerRuns } });
      return [fieldStory, central].map((story) => ready(afterPass(story, fabric), 'OvnFip', 'web'));
    };
    const why = `${node}, where its workload is, has no flows, and no ovn-controller to install them; start ovn-controller on ${node}`;
    expect(readyWith(false)).toEqual([
      `False FlowsMissing: distributed: ${why}`,
      `False FlowsMissing: centralized: vnode-117-46 answers, but ${why}`,
    ]);
    expect(readyWith(true)).toEqual([
      expect.stringMatching(/^True Programmed/),
      expect.stringMatching(/^True Programmed/),
    ]);
  });

  it('with an error of its own says it, and shows nothing that is not programmed', () => {
    const pass = afterPass(fieldStoryWith(fip('zz', web)));
    expect(ready(pass, 'OvnFip', 'zz')).toBe(
      'False FipDuplicate: ovn-eip/web already serves ovn-fip/web; give this floating IP an EIP of its own',
    );
    const { conditions: _, ...rest } = statusOf(pass, 'OvnFip', 'zz') ?? {};
    expect(rest).toEqual({ ready: false });
  });

  it('that waits for an object with an error says that one', () => {
    const pass = afterPass(fieldStoryWith(eip('web', { externalSubnet: 'external0', v4Ip: '10.9.102.9' })));
    expect(ready(pass, 'OvnFip', 'web')).toBe(
      'False AddressOutsideSubnet: ovn-eip/web: 10.9.102.9 is not in 10.9.101.0/24 of subnet/external0; choose an address of 10.9.101.0/24, or leave the field out',
    );
    const full = afterPass(fieldStoryWith(pod('web', { subnet: 'vpc1-subnet1', ips: '192.168.7.7' })));
    expect(ready(full, 'OvnFip', 'web')).toMatch(/^False AddressOutsideSubnet: pod\/default\/web: /);
  });

  it('that is new or changed is not installed on a node that stands still, and what it was told before works', () => {
    const stands = reported(fieldFabric, {});
    const health = new Map([['vnode-103-176', { node: 'vnode-103-176', controllerRuns: false }]]);
    const frozen = { ...stands, health };
    const made = afterPass(fieldStory, frozen);
    // The cure is the node's own.
    const [{ cure } = { cure: '' }] = frozenFindings(frozen);
    expect(cure).toMatch(/^start ovn-controller on node vnode-103-176; if it cannot work there/);
    expect(ready(made, 'OvnFip', 'web')).toBe(
      `False NodeFrozen: distributed: vnode-103-176 should answer, and it is not yet installed there: ovn-controller does not run there; ${cure}`,
    );
    expect(statusOf(made, 'OvnFip', 'web')).toHaveProperty('berth', undefined);
    expect(ready(afterPass(resourcesIn(made.resources)), 'OvnFip', 'web')).toMatch(/^True Programmed/);
    const before = resourcesIn(afterPass(fieldStory).resources);
    expect(ready(afterPass(before, frozen), 'OvnFip', 'web')).toMatch(/^True Programmed/);
    const changed = before.map((object) =>
      object.kind === 'OvnFip'
        ? {
            ...object,
            metadata: { ...object.metadata, generation: 9 },
            status: withGeneration(object.status, 8),
          }
        : object,
    );
    expect(ready(afterPass(changed, frozen), 'OvnFip', 'web')).toMatch(/^False NodeFrozen/);
  });

  it('is dark on a node that stands still and had learned of no neighbour before', () => {
    const health = new Map([['vnode-103-176', { node: 'vnode-103-176', controllerRuns: false }]]);
    const frozen = { ...reported(fieldFabric, {}), health };
    const before = resourcesIn(afterPass(fieldStory).resources);
    const knowing = (isSeen: boolean, ...learned: readonly string[]) =>
      ready(
        afterPass(before, {
          ...{ ...frozen, learned: new Set(learned) },
          ...(isSeen && { learnedBy: new Map([['chassis-vnode-103-176', new Set(learned)]]) }),
        }),
        'OvnFip',
        'web',
      );
    expect(knowing(true, 'vpc2-external0')).toBe(
      'False NodeFrozen: distributed: vnode-103-176 should answer, and had learned of no neighbour outside before it stood still: ovn-controller does not run there; start ovn-controller on node vnode-103-176; if it cannot work there and the node is a gateway, cordon it: its agent silences it there, and another gateway takes over',
    );
    expect(knowing(false, 'vpc2-external0')).toMatch(
      /^Unknown NodeFrozen: .* and SB knows of no neighbour outside, or none any more/,
    );
    expect(knowing(false, 'vpc1-external0')).toMatch(/^True Programmed/);
  });

  it("is dark behind a gateway that goes along where its workload's node stands still and had learned of nobody", () => {
    const health = new Map([
      ['vnode-103-176', { node: 'vnode-103-176', controllerRuns: false, flowsInstalled: true }],
    ]);
    const frozen = { ...reported(fieldFabric, {}), health };
    const before = resourcesIn(
      afterPass(fieldStoryWith(fip('web', { ...web, type: 'centralized' }))).resources,
    );
    const told = (now: readonly string[], then = now) =>
      ready(
        afterPass(before, {
          ...frozen,
          learned: new Set(now),
          learnedBy: new Map([['chassis-vnode-103-176', new Set(then)]]),
        }),
        'OvnFip',
        'web',
      );
    const dark =
      /^False NodeFrozen: centralized: .* answers, but vnode-103-176, where its workload is, had learned of no neighbour/;
    expect(told(['vpc2-external0'])).toMatch(dark);
    expect(told(['vpc1-external0'], [])).toMatch(dark);
    expect(told(['vpc1-external0'])).toMatch(/^True Programmed/);
    expect(told([], ['vpc1-external0'])).toMatch(/^True Programmed/);
  });

  it('is Unknown where nobody tells that the node that answers is alive, or another may answer as well', () => {
    const before = resourcesIn(afterPass(fieldStory).resources);
    const behind = new Map([['chassis-vnode-103-176', 5]]);
    const has = { routers: new Set<string>(), workloadsOf: new Set<string>() };
    const lacking = new Map([
      ['chassis-vnode-103-176', { ...has, objects: new Map([['ovn-fip/web', true]]) }],
    ]);
    const stale = afterPass(before, { ...fieldFabric, behind, lacking });
    expect(ready(stale, 'OvnFip', 'web')).toMatch(/^Unknown ChassisStale: distributed: vnode-103-176 should/);
    expect(statusOf(stale, 'OvnFip', 'web')).toMatchObject({ ready: undefined, berth: 'vnode-103-176' });
    const object = { kind: 'OvnFip', name: 'web' };
    const lingers = finding('address-lingers', { object, message: 'vnode-x may go on', cure: 'cut it off' });
    expect(ready(afterPass(before, fieldFabric, { findings: [lingers] }), 'OvnFip', 'web')).toBe(
      'Unknown AddressLingers: distributed: vnode-103-176 answers; vnode-x may go on; cut it off',
    );
  });

  it('that ran at its workload is Unknown at the gateway while the node of the workload stands still', () => {
    const before = fieldStoryWith(fip('web', { ...web, type: 'centralized' }));
    const [ip, node] = [parseIp('10.9.101.22'), 'vnode-103-176'];
    if (!ip) throw new Error('no address');
    const change = { number: 6, isAfter: false };
    const mark = {
      ip,
      switchName: 'external0',
      chassis: `chassis-${node}`,
      mac: '00:00:00:cc:00:01',
      change,
    };
    const lingers = [{ ...mark, object: 'ovn-fip/web' }];
    const frozen = { ...fieldFabric, behind: new Map([[`chassis-${node}`, 5]]), lingers };
    expect(ready(afterPass(before, frozen), 'OvnFip', 'web')).toMatch(
      /^Unknown NodeFrozen: centralized: .* answers, but vnode-103-176, .* stands still with 10\.9\.101\.22/,
    );
    // As `berth status` has it, who answers twice counts before what is not known of the workload's node.
    const twice = finding('address-lingers', {
      object: { kind: 'OvnFip', name: 'web' },
      message: 'it may go on',
      cure: 'cut it off',
    });
    expect(ready(afterPass(before, frozen, { findings: [twice] }), 'OvnFip', 'web')).toMatch(
      /^Unknown AddressLingers: /,
    );
    const told = { node, controllerRuns: false, flowsInstalled: true };
    expect(ready(afterPass(before, { ...frozen, health: new Map([[node, told]]) }), 'OvnFip', 'web')).toMatch(
      /^False NodeFrozen/,
    );
    expect(ready(afterPass(before, { ...frozen, lingers: [] }), 'OvnFip', 'web')).toMatch(/^True Programmed/);
  });

  it('that the node which stands still had before, and has not as it is now, is Unknown and not broken', () => {
    const [ip, node] = [parseIp('10.9.101.22'), 'vnode-103-176'];
    const made = afterPass(fieldStory);
    const before = resourcesIn(made.resources);
    const { v4Eip } = (statusOf(made, 'OvnFip', 'web') ?? {}) as { v4Eip?: string };
    const own = parseIp(v4Eip ?? '');
    if (!ip || !own) throw new Error('no address');
    const chassis = `chassis-${node}`;
    const nothing = { routers: new Set<string>(), workloadsOf: new Set<string>() };
    const frozen = {
      ...fieldFabric,
      behind: new Map([[chassis, 5]]),
      lacking: new Map([[chassis, { ...nothing, objects: new Map([['ovn-fip/web', false]]) }]]),
    };
    expect(ready(afterPass(before, frozen), 'OvnFip', 'web')).toMatch(
      /^False NodeFrozen: .* not yet installed/,
    );
    const change = { number: 6, isAfter: false };
    const mark = { ...{ ip: own, switchName: 'external0', chassis, change }, mac: 'm' };
    const lingers = [{ ...mark, object: 'ovn-fip/web' }];
    const carried = afterPass(before, { ...frozen, lingers });
    expect(ready(carried, 'OvnFip', 'web')).toMatch(/^Unknown NodeFrozen: distributed: .* flows of before/);
    expect(statusOf(carried, 'OvnFip', 'web')).toMatchObject({ ready: undefined, berth: node });
    const elsewhere = [{ ...mark, ip: parseIp('10.9.101.99') ?? ip, object: 'ovn-fip/web' }];
    expect(ready(afterPass(before, { ...frozen, lingers: elsewhere }), 'OvnFip', 'web')).toMatch(/^False/);
  });

  it('with only a warning is ready and says the warning', () => {
    const bare = fip('web', { ovnEip: 'web', vpc: 'vpc1', v4Ip: '192.168.0.4' });
    expect(ready(afterPass(fieldStoryWith(bare)), 'OvnFip', 'web')).toBe(
      'True Programmed: centralized: vnode-117-46 answers; the target is an address without a port of a workload, so the floating IP is centralized; name an IP object in spec.ipName, or set spec.type to centralized',
    );
  });
});

describe('an EIP', () => {
  it('shows a rule only while the rule is programmed', () => {
    const used = resourcesIn(afterPass(fieldStory).resources);
    const pass = afterPass(used.filter(({ kind }) => kind !== 'OvnFip'));
    expect(statusOf(pass, 'OvnEip', 'web')).toHaveProperty('nat', undefined);
    expect(ready(pass, 'OvnEip', 'web')).toBe('True Programmed: 10.9.101.9 is not used');
  });

  it('that could not be moved is not ready, and its floating IP still works', () => {
    const stored = resourcesIn(afterPass(fieldStory).resources);
    const pass = afterPass(
      stored.map((object) =>
        object.kind === 'OvnEip' && object.metadata.name === 'web'
          ? { ...object, spec: { ...object.spec, v4Ip: '10.9.102.9' } }
          : object,
      ),
    );
    expect(ready(pass, 'OvnEip', 'web')).toMatch(/^False AddressOutsideSubnet/);
    expect(statusOf(pass, 'OvnEip', 'web')).toMatchObject({ v4Ip: '10.9.101.9', ready: false });
    expect(ready(pass, 'OvnFip', 'web')).toBe('True Programmed: distributed: vnode-103-176 answers');
  });
});
