import { formatRef, type GatewayPolicy, resourcesIn } from '@berth/api';
import { describe, expect, it } from 'vitest';
import type { Fabric } from '../fabric/fabric.ts';
import { fieldFabric, fieldStoryWith } from '../testing/field-story.ts';
import { afterPass, type Pass, ready, statusOf } from '../testing/pass.ts';
import { reported, withDead, withMembers } from '../testing/reported.ts';
import { fip, gatewayConfig, gatewayPolicy, snat, vpc } from '../testing/resources.ts';
import { settle } from '../testing/settle.ts';

const early = { creationTimestamp: '2026-01-01T00:00:00Z' };

/** `True Accepted: message` of one condition of a kind's object. */
function said(pass: Pass, kind: 'GatewayPolicy' | 'OvnFip', name: string, type: string): string | undefined {
  const found = statusOf(pass, kind, name)?.conditions?.find((each) => each.type === type);
  return found && `${found.status} ${found.reason}: ${found.message}`;
}

function effective(pass: Pass, name: string): Readonly<Record<string, string>> {
  const policy = pass.resources.GatewayPolicy.find(({ metadata }) => metadata.name === name);
  return Object.fromEntries(
    (policy?.status?.effective ?? []).map(({ field, value, from }) => [field.slice(5), `${value} | ${from}`]),
  );
}

/** What says where the floating IP runs, as object and field. */
function decidedBy({ resources }: Pass): readonly (readonly [string, string | undefined])[] {
  const { vpcs } = settle(resourcesIn(resources), fieldFabric).intent;
  const [web] = vpcs.flatMap(({ floatingIps }) => floatingIps);
  return (web?.placement.decidedBy ?? []).map(({ object, field }) => [formatRef(object), field]);
}

const wrong = gatewayPolicy('p', { placement: 'GatewayLocal', onGatewayLoss: 'Distribute' });

/** What a pass left, with a policy in place of what it was. */
function edited(pass: Pass, policy: GatewayPolicy): Pass {
  const before = resourcesIn(pass.resources);
  const old = before.find(({ metadata }) => metadata.name === policy.metadata.name) as GatewayPolicy;
  return afterPass(before.map((each) => (each === old ? { ...old, spec: policy.spec } : each)));
}

describe('a policy that contradicts itself', () => {
  const distribute = { placement: 'Centralized', onGatewayLoss: 'Distribute' } as const;

  it('from the start is read strictly, also by the passes that follow', () => {
    const first = afterPass(fieldStoryWith(wrong));
    const strict = {
      placement: 'GatewayLocal | gatewaypolicy/p spec.placement',
      onGatewayLoss: 'Block | gatewaypolicy/p spec.placement',
    };
    expect(effective(first, 'p')).toMatchObject(strict);
    expect(statusOf(first, 'OvnFip', 'web')).toMatchObject({ placement: 'gateway-local' });
    expect(first.again).toEqual([]);
    const second = afterPass(resourcesIn(first.resources));
    expect(second.writes).toEqual([]);
    expect(effective(second, 'p')).toMatchObject(strict);
  });

  it('since an edit keeps what was in force until it is mended', () => {
    const sound = afterPass(fieldStoryWith(gatewayPolicy('p', distribute)));
    const broken = edited(sound, wrong);
    const kept = {
      placement: 'Centralized | gatewaypolicy/p status.effective',
      onGatewayLoss: 'Distribute | gatewaypolicy/p status.effective',
    };
    expect(effective(broken, 'p')).toMatchObject(kept);
    expect(statusOf(broken, 'OvnFip', 'web')).toMatchObject({ placement: 'centralized' });
    expect(said(broken, 'GatewayPolicy', 'p', 'Accepted')).toMatch(
      /^False PolicyContradictory: .* Centralized with Distribute counts, which was in force before; set spec.onGatewayLoss to Block, or spec.placement to Centralized; meanwhile this policy counts for vpc\/vpc1$/,
    );
    expect(decidedBy(broken)).toEqual([['gatewaypolicy/p', 'status.effective']]);
    expect(decidedBy(sound)).toEqual([['gatewaypolicy/p', 'spec.placement']]);
    expect(afterPass(resourcesIn(broken.resources)).writes).toEqual([]);
    const mended = edited(broken, gatewayPolicy('p', { placement: 'GatewayLocal' }));
    expect(effective(mended, 'p')).toMatchObject({
      placement: 'GatewayLocal | gatewaypolicy/p spec.placement',
      onGatewayLoss: 'Block | default',
    });
  });

  it('does not keep a placement that was not its own', () => {
    const broken = edited(afterPass(fieldStoryWith(gatewayPolicy('p', {}))), wrong);
    expect(effective(broken, 'p')['placement']).toBe('GatewayLocal | gatewaypolicy/p spec.placement');
  });

  it('keeps its VPC from a younger one if it was in force, and takes none if it was not', () => {
    const younger = gatewayPolicy('younger', { placement: 'Distributed' });
    const inForce = afterPass(fieldStoryWith(gatewayPolicy('p', distribute, early), younger));
    const broken = edited(inForce, wrong);
    expect(said(broken, 'GatewayPolicy', 'younger', 'Accepted')).toMatch(/^False PolicyConflict: /);
    expect(statusOf(broken, 'OvnFip', 'web')).toMatchObject({ placement: 'centralized' });
    const never = afterPass(fieldStoryWith({ ...wrong, metadata: { ...wrong.metadata, ...early } }, younger));
    expect(said(never, 'GatewayPolicy', 'younger', 'Accepted')).toBe(
      'True Accepted: this policy counts for vpc/vpc1',
    );
    expect(said(never, 'GatewayPolicy', 'p', 'Accepted')).toMatch(
      /^False PolicyContradictory: .*; until then this policy counts for no VPC; also: spec.targetRefs\[0\].name: vpc\/vpc1 has the sound policy gatewaypolicy\/younger, /,
    );
  });
});

describe('a policy', () => {
  it('keeps its VPC from another one of the same second, whatever their names', () => {
    const holder = gatewayPolicy('zz', { placement: 'Centralized' }, early);
    const { resources } = afterPass(fieldStoryWith(holder));
    const pass = afterPass([
      ...resourcesIn(resources),
      gatewayPolicy('aa', { placement: 'Distributed' }, early),
    ]);
    expect(said(pass, 'GatewayPolicy', 'zz', 'Accepted')).toBe(
      'True Accepted: this policy counts for vpc/vpc1',
    );
    expect(said(pass, 'GatewayPolicy', 'aa', 'Accepted')).toMatch(
      /^False PolicyConflict: .*it was in force first/,
    );
    expect(statusOf(pass, 'OvnFip', 'web')).toMatchObject({ placement: 'centralized' });
    const [aa, zz] = pass.resources.GatewayPolicy.toSorted((one, other) =>
      one.metadata.name < other.metadata.name ? -1 : 1,
    );
    expect([aa?.status?.vpcs, zz?.status?.vpcs]).toEqual([[], ['vpc1']]);
  });

  it('of one second with another, by name behind it, is told so once: that the other one is in force by now changes nothing', () => {
    const names = ['aa', 'zz'].map((name) => gatewayPolicy(name, {}, early));
    const first = afterPass(fieldStoryWith(...names));
    expect(said(first, 'GatewayPolicy', 'zz', 'Accepted')).toMatch(
      /^False PolicyConflict: .*both are of one second, and its name comes first/,
    );
    expect(afterPass(resourcesIn(first.resources)).writes).toEqual([]);
  });

  it('that counts says for what, and every value with its origin', () => {
    const strict = gatewayPolicy('strict', {
      placement: 'Centralized',
      override: true,
      gateways: { nodeSelector: { matchLabels: { 'ovn.kubernetes.io/external-gw': 'true' } } },
      health: { uplinkProbe: { intervalMs: 500 } },
    });
    const other = gatewayPolicy('fast', { bfd: { minTxMs: 400 } }, { vpcs: ['vpc2'] });
    const pass = afterPass(fieldStoryWith(strict, other, vpc('vpc2', { enableExternal: true })));
    expect(said(pass, 'GatewayPolicy', 'strict', 'Accepted')).toBe(
      'True Accepted: this policy counts for vpc/vpc1',
    );
    expect(said(pass, 'GatewayPolicy', 'strict', 'Programmed')).toBe(
      'True Programmed: in effect for vpc/vpc1',
    );
    expect(effective(pass, 'strict')).toEqual({
      placement: 'Centralized | gatewaypolicy/strict spec.placement',
      override: 'true | gatewaypolicy/strict spec.override',
      onGatewayLoss: 'Block | default',
      onUplinkLoss: 'Centralize | default',
      'gateways.nodeSelector':
        'ovn.kubernetes.io/external-gw=true | gatewaypolicy/strict spec.gateways.nodeSelector',
      'gateways.maximum': '5 | default',
      'gateways.drainSeconds': '0 | default',
      'health.nodeReady': 'Respect | default',
      'health.uplinkProbe.targets': '10.9.101.1 | default',
      'health.uplinkProbe.intervalMs': '500 | gatewaypolicy/strict spec.health.uplinkProbe.intervalMs',
      'health.uplinkProbe.failureThreshold': '3 | default',
      'health.uplinkProbe.successThreshold': '5 | default',
      'bfd.minTxMs': '400 | gatewaypolicy/fast spec.bfd',
      'bfd.minRxMs': '300 | gatewaypolicy/fast spec.bfd',
      'bfd.multiplier': '3 | gatewaypolicy/fast spec.bfd',
      workloads: 'Anywhere | default',
    });
    expect(effective(pass, 'fast')).toMatchObject({
      placement: 'Distributed | default',
      'health.uplinkProbe.intervalMs': '500 | gatewaypolicy/strict spec.health.uplinkProbe.intervalMs',
    });
    expect(pass.again).toEqual([]);
  });

  it('that says nothing of the placement shows whose counts', () => {
    const pass = afterPass(fieldStoryWith(gatewayPolicy('p', {}), gatewayConfig({ type: 'centralized' })));
    expect(effective(pass, 'p')['placement']).toBe(
      'Centralized | configmap/kube-system/ovn-external-gw-config data.type',
    );
  });

  it('that came later names the one that counts, and shows no values', () => {
    const pass = afterPass(fieldStoryWith(gatewayPolicy('elder', {}, early), gatewayPolicy('younger')));
    expect(said(pass, 'GatewayPolicy', 'younger', 'Accepted')).toBe(
      'False PolicyConflict: spec.targetRefs[0].name: vpc/vpc1 has the older policy gatewaypolicy/elder, which counts; remove vpc/vpc1 from spec.targetRefs of gatewaypolicy/younger, or of gatewaypolicy/elder; until then this policy counts for no VPC',
    );
    expect(said(pass, 'GatewayPolicy', 'younger', 'Programmed')).toBe(
      'False Pending: this policy counts for no VPC; see condition Accepted',
    );
    expect(effective(pass, 'younger')).toEqual({});
    const later = afterPass(resourcesIn(pass.resources).filter(({ metadata }) => metadata.name !== 'elder'));
    expect(said(later, 'GatewayPolicy', 'younger', 'Accepted')).toBe(
      'True Accepted: this policy counts for vpc/vpc1',
    );
    expect(said(later, 'GatewayPolicy', 'younger', 'Programmed')).toMatch(/^True/);
  });

  it('that is contradictory or for a VPC that is not there is not accepted', () => {
    expect(said(afterPass(fieldStoryWith(wrong)), 'GatewayPolicy', 'p', 'Accepted')).toMatch(
      /^False PolicyContradictory: .* GatewayLocal with Block counts, its strict reading, .*; set spec.onGatewayLoss to Block, or spec.placement to Centralized; meanwhile this policy counts for vpc\/vpc1$/,
    );
    const partly = gatewayPolicy('p', {}, { vpcs: ['gone', 'vpc1'] });
    const pass = afterPass(fieldStoryWith(partly));
    expect(said(pass, 'GatewayPolicy', 'p', 'Accepted')).toBe(
      'False ReferenceNotFound: spec.targetRefs[0].name: vpc/gone does not exist; create vpc/gone, or correct spec.targetRefs[0].name; meanwhile this policy counts for vpc/vpc1',
    );
    expect(said(pass, 'GatewayPolicy', 'p', 'Programmed')).toBe('True Programmed: in effect for vpc/vpc1');
  });

  it('under Distributed says that gateways that are lost do not matter', () => {
    const pass = afterPass(
      fieldStoryWith(gatewayPolicy('p', { placement: 'Distributed', onGatewayLoss: 'Block' })),
    );
    expect(said(pass, 'GatewayPolicy', 'p', 'Accepted')).toMatch(/^True Accepted: .* is not applicable/);
    expect(effective(pass, 'p')['onGatewayLoss']).toBe('not applicable | gatewaypolicy/p spec.placement');
  });

  it('is not programmed where it selects no node, or its VPC has lost its gateways', () => {
    const nobody = gatewayPolicy('p', { gateways: { nodeSelector: { matchLabels: { edge: 'yes' } } } });
    expect(said(afterPass(fieldStoryWith(nobody)), 'GatewayPolicy', 'p', 'Programmed')).toMatch(
      /^False NoNodeSelected: /,
    );
    const dead = withDead(
      withMembers(fieldFabric, 'vpc1-external0', 'vnode-117-46'),
      'vnode-103-177',
      'vnode-117-46',
    );
    const pass = afterPass(fieldStoryWith(gatewayPolicy('p', { placement: 'Centralized' })), dead);
    expect(said(pass, 'GatewayPolicy', 'p', 'Accepted')).toMatch(/^True/);
    expect(said(pass, 'GatewayPolicy', 'p', 'Programmed')).toMatch(/^False GatewaysLost: vpc\/vpc1: /);
  });
});

describe('a floating IP', () => {
  const present = withMembers(fieldFabric, 'vpc1-external0', 'vnode-117-46', 'vnode-103-177');
  const dead = withDead(present, 'vnode-103-177', 'vnode-117-46');

  it('that is overridden has a condition, which turns false', () => {
    const own = fip('web', { ovnEip: 'web', ipName: 'web.default', type: 'distributed' });
    const policy = gatewayPolicy('p', { placement: 'Centralized', override: true });
    const pass = afterPass(fieldStoryWith(own, policy));
    expect(said(pass, 'OvnFip', 'web', 'Overridden')).toBe(
      'True Overridden: spec.type distributed does not count: gatewaypolicy/p overrides it with centralized',
    );
    const without = afterPass(resourcesIn(pass.resources).filter(({ kind }) => kind !== 'GatewayPolicy'));
    expect(said(without, 'OvnFip', 'web', 'Overridden')).toBe('False Programmed: as it was asked for');
    expect(said(afterPass(fieldStoryWith(own)), 'OvnFip', 'web', 'Overridden')).toBeUndefined();
  });

  it.each([
    ['Overridden', {}],
    ['Degraded', { 'vnode-103-176': { up: false }, 'vnode-117-46': { up: true } }],
  ])('that is dark is not said to be as it was asked for: %s', (type, uplinks) => {
    const own = fip('web', { ovnEip: 'web', ipName: 'web.default', type: 'distributed' });
    const policy = gatewayPolicy('p', { placement: 'Centralized', override: true });
    const objects = fieldStoryWith(...(type === 'Overridden' ? [own, policy] : []));
    const pass = afterPass(objects, reported(present, uplinks));
    expect(said(pass, 'OvnFip', 'web', type)).toMatch(/^True /);
    const moved = resourcesIn(pass.resources).map((each) =>
      each.kind === 'OvnFip' ? { ...each, spec: { ...each.spec, ovnEip: 'nope' } } : each,
    );
    const dark = afterPass(moved, present);
    expect(ready(dark, 'OvnFip', 'web')).toMatch(/^False ReferenceNotFound: /);
    expect(said(dark, 'OvnFip', 'web', type)).toBe(
      'Unknown ReferenceNotFound: not known while the floating IP is not ready: see condition Ready',
    );
  });

  it('whose node lost its uplink is degraded until it is back', () => {
    const cut = reported(present, { 'vnode-103-176': { up: false }, 'vnode-117-46': { up: true } });
    const pass = afterPass(fieldStoryWith(), cut);
    expect(said(pass, 'OvnFip', 'web', 'Degraded')).toMatch(/^True UplinkLost: /);
    expect(ready(pass, 'OvnFip', 'web')).toMatch(/^True Programmed: centralized: vnode-117-46 answers; /);
    expect(statusOf(pass, 'OvnFip', 'web')).toMatchObject({
      placement: 'centralized',
      berth: 'vnode-117-46',
    });
    const back = afterPass(resourcesIn(pass.resources), present);
    expect(said(back, 'OvnFip', 'web', 'Degraded')).toMatch(/^False /);
  });

  it('that is lost is told so once, whichever of the dead gateways OVN still knows', () => {
    const told = [[], ['vnode-103-177'], ['vnode-103-177', 'vnode-117-46']].map((gone) => {
      const known = [...dead.chassis].filter(([, { hostname }]) => !gone.includes(hostname));
      const pass = afterPass(fieldStoryWith(gatewayPolicy('p', { placement: 'Centralized' })), {
        ...withMembers(dead, 'vpc1-external0', 'vnode-103-177', 'vnode-117-46'),
        chassis: new Map(known),
      });
      return [ready(pass, 'OvnFip', 'web'), ready(pass, 'Vpc', 'vpc1')];
    });
    expect(told[0]?.[1]).toMatch(/^False GatewaysLost: [^;]*;[^;]*$/);
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).toEqual(told[0]);
  });

  it('that was told to be lost is told to be back once a gateway serves and is heard of', () => {
    const policy = gatewayPolicy('p', { placement: 'Centralized' });
    const lost = resourcesIn(afterPass(fieldStoryWith(policy), dead).resources);
    const told = (fabric: Fabric) => {
      const pass = afterPass(lost, fabric);
      return [ready(pass, 'OvnFip', 'web'), ready(pass, 'Vpc', 'vpc1')].map((text) => text?.split(':')[0]);
    };
    const serving = 'vnode-117-46';
    const silent = reported(present, { [serving]: { isFresh: false } });
    const isLost = ['False GatewaysLost', 'False GatewaysLost'];
    // Its agent has said nothing yet, and its uplink may be down still.
    expect(told({ ...silent, settledClaims: new Set() })).toEqual(isLost);
    expect(told({ ...present, claims: new Map([['web.default', 'chassis-vnode-103-176']]) })).toEqual(isLost);
    const isBack = ['True Programmed', 'True Programmed'];
    expect(told(reported(present, { [serving]: { up: true } }))).toEqual(isBack);
    expect(told({ ...silent, settledClaims: new Set(['cr-vpc1-external0']) })).toEqual(isBack);
  });

  it('is not ready where it stays with a node that lost its uplink, or the network is down', () => {
    const cut = reported(present, { 'vnode-103-176': { up: false }, 'vnode-117-46': { up: true } });
    const stay = afterPass(fieldStoryWith(gatewayPolicy('p', { onUplinkLoss: 'Stay' })), cut);
    expect(ready(stay, 'OvnFip', 'web')).toBe(
      'False UplinkDown: distributed: vnode-103-176 should answer but has lost network external0; repair the link of vnode-103-176 to network external0',
    );
    const down = reported(present, { 'vnode-103-176': { up: false }, 'vnode-117-46': { up: false } });
    const none = afterPass(fieldStoryWith(), down);
    expect(ready(none, 'OvnFip', 'web')).toMatch(/^False NetworkDown: distributed: no node that reports/);
    expect(ready(none, 'Subnet', 'external0')).toMatch(/^False NetworkDown: /);
  });

  it('is not said to be answered by the node of its workload where that is dead, or nobody hears or sees it', () => {
    const sees = (isSeen: boolean, isFresh = false) =>
      reported(present, {
        'vnode-103-176': { up: true, isFresh },
        'vnode-117-46': { up: true, isFresh: true, sees: { 'vnode-103-176': isSeen } },
      });
    const told = (fabric: typeof present) => ready(afterPass(fieldStoryWith(), fabric), 'OvnFip', 'web');
    expect(told(sees(false))).toMatch(
      /^Unknown ChassisStale: distributed: vnode-103-176 should answer, and whether it is alive is not known: /,
    );
    // A control plane that it does not reach, or tunnels that are down, keep nothing from coming to it.
    expect(told(sees(true))).toMatch(/^True Programmed: /);
    expect(told(sees(false, true))).toMatch(/^True Programmed: /);
    const gone = withDead(sees(false), 'vnode-103-176');
    expect(told(gone)).toMatch(
      /^False WorkloadDown: distributed: vnode-103-176, where its workload is, is confirmed dead; /,
    );
  });

  it('is lost with its gateways under Block, and answered at its node under Distribute', () => {
    const block = gatewayPolicy('p', { placement: 'Centralized' });
    const lost = afterPass(fieldStoryWith(block), dead);
    expect(ready(lost, 'OvnFip', 'web')).toBe(
      "False GatewaysLost: no gateway of vpc/vpc1 to subnet/external0 is alive: vnode-103-177, vnode-117-46 are out, and gatewaypolicy/p says Block: lost until one is back; bring one of the gateway nodes back, or label another; a policy with onGatewayLoss Distribute would answer at the workload's node meanwhile",
    );
    expect(statusOf(lost, 'OvnFip', 'web')).toMatchObject({ ready: false, berth: undefined });
    const available = gatewayPolicy('p', { placement: 'Centralized', onGatewayLoss: 'Distribute' });
    const out = snat('out', { ovnEip: 'vpc1-external0', vpcSubnet: 'vpc1-subnet1' });
    const kept = afterPass(fieldStoryWith(available, out), dead);
    expect(ready(kept, 'OvnFip', 'web')).toMatch(/^True Programmed: distributed: vnode-103-176 answers; /);
    expect(said(kept, 'OvnFip', 'web', 'Degraded')).toMatch(/^True FallbackDistributed: /);
    expect(ready(kept, 'OvnSnatRule', 'out')).toMatch(
      /^False GatewaysLost: .*what passes the gateway is lost/,
    );
    expect(ready(kept, 'Vpc', 'vpc1')).toMatch(/^False GatewaysLost: /);
  });
});
