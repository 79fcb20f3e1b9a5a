import type { GatewayPolicy, OvnFip, Resource } from '@berth/api';
import { describe, expect, it } from 'vitest';
import type { Fabric } from '../../fabric/fabric.ts';
import { fieldFabric, fieldStoryWith } from '../../testing/field-story.ts';
import { reported, withDead, withMembers } from '../../testing/reported.ts';
import { fip, gatewayNode, gatewayPolicy, node, snat } from '../../testing/resources.ts';
import { settle } from '../../testing/settle.ts';

const [pod, one, two] = ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'] as const;
const present = withMembers(fieldFabric, 'vpc1-external0', two, one);
const onPod = (spec: Partial<OvnFip['spec']> = {}): OvnFip =>
  fip('web', { ovnEip: 'web', ipName: 'web.default', ...spec });

/** `effective at the workload` or `effective at the gateway`, with what is said of the floating IP. */
function placed(
  policy: Partial<GatewayPolicy['spec']> | undefined,
  fabric: Fabric = present,
  ...others: readonly Resource[]
): { readonly where: string; readonly codes: readonly string[]; readonly by: readonly string[] } {
  const objects = [...(policy ? [gatewayPolicy('p', policy)] : []), ...others];
  const { intent, findings } = settle(fieldStoryWith(...objects), fabric);
  const placement = intent.vpcs.flatMap(({ floatingIps }) => floatingIps)[0]?.placement;
  return {
    where: `${placement?.effective} at the ${placement?.atWorkload ? 'workload' : 'gateway'}`,
    codes: findings.filter(({ object }) => object?.kind === 'OvnFip').map(({ code }) => code),
    by: (placement?.decidedBy ?? []).map(({ object, field }) => `${object.kind} ${field}`),
  };
}

describe('who decides', () => {
  it('is the floating IP before the policy, and the policy that overrides before it', () => {
    const own = onPod({ type: 'distributed' });
    expect(placed({ placement: 'Centralized' })).toMatchObject({
      where: 'centralized at the gateway',
      by: ['GatewayPolicy spec.placement'],
      codes: [],
    });
    expect(placed({ placement: 'Centralized' }, present, own)).toMatchObject({
      where: 'distributed at the workload',
      by: ['OvnFip spec.type'],
    });
    expect(placed({ placement: 'Centralized', override: true }, present, own)).toMatchObject({
      where: 'centralized at the gateway',
      by: ['GatewayPolicy spec.placement', 'GatewayPolicy spec.override'],
      codes: ['overridden'],
    });
    expect(placed({ override: true }, present, own).where).toBe('distributed at the workload');
  });

  it('is nobody by a policy of another VPC, or one that is being deleted', () => {
    const gone = gatewayPolicy(
      'p',
      { placement: 'Centralized' },
      { deletionTimestamp: '2026-01-01T00:00:00Z' },
    );
    expect(placed(undefined, present, gone).where).toBe('distributed at the workload');
  });
});

describe('where no gateway reaches the outside, and the node of the workload did when it was heard of last', () => {
  const available = { placement: 'Centralized', onGatewayLoss: 'Distribute' } as const;
  const sees = { [pod]: true, [one]: true, [two]: true };
  const late = { isFresh: false } as const;
  const served = {
    ...present,
    claims: new Map([...present.claims, ['cr-vpc1-external0', `chassis-${two}`]]),
  };
  const all = (...silent: readonly string[]): Fabric =>
    reported(
      served,
      Object.fromEntries(
        [pod, one, two].map((node) => [node, { up: node === pod, sees, ...(silent.includes(node) && late) }]),
      ),
    );

  it.each([
    ['all are heard', []],
    ['its report is late', [pod]],
    ['those of the gateways are late', [one, two]],
    ['all are late', [pod, one, two]],
  ])('it answers while %s', (_, silent) => {
    for (const status of [{}, { placement: 'distributed' }] as const)
      expect(placed(available, all(...silent), { ...onPod(), status })).toMatchObject({
        where: 'distributed at the workload',
        codes: ['fallback-distributed'],
      });
  });

  it('it does not where it is not seen any more: then nobody reaches the outside', () => {
    const unseen = { ...sees, [pod]: false };
    const dark = reported(served, {
      [pod]: { up: true, sees, ...late },
      [one]: { up: false, sees: unseen },
      [two]: { up: false, sees: unseen },
    });
    const { findings } = settle(fieldStoryWith(gatewayPolicy('p', available), onPod()), dark);
    expect(findings.map(({ code }) => code)).toContain('network-down');
    expect(placed(available, dark).where).toBe('centralized at the gateway');
  });
});

describe('a workload that stands in for gateways that were lost', () => {
  const available = { placement: 'Centralized', onGatewayLoss: 'Distribute' } as const;
  const standingIn = { ...onPod(), status: { placement: 'distributed' } } as const;
  const served = {
    ...present,
    claims: new Map([...present.claims, ['cr-vpc1-external0', `chassis-${one}`]]),
  };

  it('goes on until a gateway serves', () => {
    const unserved = {
      ...present,
      claims: new Map([...present.claims].filter(([port]) => !port.startsWith('cr-'))),
    };
    expect(placed(available, unserved, standingIn)).toMatchObject({
      where: 'distributed at the workload',
      codes: ['fallback-distributed'],
    });
    expect(placed(available, served, standingIn).where).toBe('centralized at the gateway');
    expect(placed(available, unserved).where).toBe('centralized at the gateway');
    expect(placed({ placement: 'Centralized' }, unserved, standingIn).where).toBe(
      'centralized at the gateway',
    );
  });

  it('goes on while another gateway serves than the one that comes first', () => {
    const heldClaims = new Map<string, string>();
    expect(placed(available, { ...served, heldClaims }, standingIn).where).toBe(
      'distributed at the workload',
    );
    expect(placed(available, { ...served, heldClaims: served.claims }, standingIn).where).toBe(
      'centralized at the gateway',
    );
  });

  it('goes on until its node sends to the gateway that serves', () => {
    const seen = (up: boolean) =>
      reported(present, { [pod]: { sees: { [two]: up } }, [two]: { up: true, sees: { [pod]: true } } });
    expect(placed(available, seen(false), standingIn).where).toBe('distributed at the workload');
    expect(placed(available, seen(true), standingIn).where).toBe('centralized at the gateway');
    expect(placed(available, seen(false)).where).toBe('centralized at the gateway');
    const member = { chassis: `chassis-${two}`, priority: 100 };
    const alone = { ...seen(false), gateways: new Map([['vpc1-external0', [member]]]) };
    expect(placed(available, alone, standingIn).where).toBe('centralized at the gateway');
  });
});

describe('gateway-local', () => {
  const local = { placement: 'GatewayLocal' } as const;

  it('is the workload where its node could be a gateway, and the gateway elsewhere', () => {
    expect(placed(local).where).toBe('gateway-local at the gateway');
    expect(placed(local, present, gatewayNode(pod)).where).toBe('gateway-local at the workload');
  });

  it('is the gateway where the node is in no state to be one', () => {
    expect(placed(local, present, gatewayNode(pod, { cordoned: true })).where).toBe(
      'gateway-local at the gateway',
    );
    const cut = reported(present, { [pod]: { up: false }, [two]: { up: true } });
    expect(placed(local, cut, gatewayNode(pod)).where).toBe('gateway-local at the gateway');
  });

  it('is the workload on a gateway node that is no member, the group being full', () => {
    const small = { ...local, gateways: { maximum: 1 } };
    expect(placed(small, present, gatewayNode(pod)).where).toBe('gateway-local at the workload');
  });
});

describe('the loss of the uplink of the workload', () => {
  const cut = reported(present, { [pod]: { up: false }, [two]: { up: true } });

  it('centralizes the floating IP until it is back, with and without a policy', () => {
    expect(placed(undefined, cut)).toMatchObject({
      where: 'centralized at the gateway',
      codes: ['uplink-lost'],
      by: ['Node undefined'],
    });
    expect(placed({ placement: 'Distributed' }, cut).by).toEqual([
      'GatewayPolicy spec.onUplinkLoss',
      'GatewayPolicy spec.placement',
    ]);
    const back = reported(present, { [pod]: { up: true }, [two]: { up: true } });
    expect(placed(undefined, back)).toMatchObject({ where: 'distributed at the workload', codes: [] });
  });

  it('is the loss of its bridge too, where an agent speaks for the node', () => {
    const chassis = new Map(
      [...present.chassis].map(([name, each]) => [
        name,
        each.hostname === pod ? { ...each, mappings: new Set<string>() } : each,
      ]),
    );
    const bare = { ...present, chassis };
    expect(placed(undefined, bare).where).toBe('distributed at the workload');
    const told = reported(bare, { [pod]: {}, [two]: { up: true } });
    expect(placed(undefined, told)).toMatchObject({
      where: 'centralized at the gateway',
      codes: ['uplink-lost'],
    });
  });

  it('goes on while the agent that told is silent', () => {
    const silent = reported(present, { [pod]: { up: false, isFresh: false }, [two]: { up: true } });
    expect(placed(undefined, silent).where).toBe('centralized at the gateway');
  });

  it('moves nothing where the policy says Stay, no gateway is alive, or the whole network is down', () => {
    expect(placed({ onUplinkLoss: 'Stay' }, cut)).toMatchObject({
      where: 'distributed at the workload',
      codes: [],
    });
    expect(placed(undefined, withDead(cut, one, two)).where).toBe('distributed at the workload');
    const all = reported(present, { [pod]: { up: false }, [one]: { up: false }, [two]: { up: false } });
    expect(placed(undefined, all)).toMatchObject({ where: 'distributed at the workload', codes: [] });
  });
});

describe('the loss of every gateway', () => {
  const central = { placement: 'Centralized' } as const;
  const dead = withDead(present, one, two);

  it('blocks unless the policy says otherwise, and says why', () => {
    expect(placed(central, dead)).toMatchObject({
      where: 'centralized at the gateway',
      codes: ['gateways-lost'],
    });
  });

  it('distributes the floating IPs of pods where the policy says so, until one is back', () => {
    const available = { ...central, onGatewayLoss: 'Distribute' } as const;
    expect(placed(available, dead)).toMatchObject({
      where: 'distributed at the workload',
      codes: ['fallback-distributed'],
      by: ['GatewayPolicy spec.onGatewayLoss', 'GatewayPolicy spec.placement'],
    });
    expect(placed(available, withDead(present, one)).where).toBe('centralized at the gateway');
    expect(placed(available, present, node(one), node(two)).where).toBe('distributed at the workload');
  });

  it('leaves lost what has no port to be distributed on, and what passes the gateway', () => {
    const available = gatewayPolicy('p', { ...central, onGatewayLoss: 'Distribute' });
    const bare = fip('web', { ovnEip: 'web', vpc: 'vpc1', v4Ip: '192.168.0.4' });
    const out = snat('out', { ovnEip: 'vpc1-external0', vpcSubnet: 'vpc1-subnet1' });
    const { findings } = settle(fieldStoryWith(available, bare, out), dead);
    const lost = findings.filter(({ code }) => code === 'gateways-lost');
    expect(
      lost.map(({ object, message }) => `${object?.kind}: ${message.split(' are out: ').at(-1)}`),
    ).toEqual([
      'OvnFip: this floating IP cannot be distributed, so it is lost',
      'OvnSnatRule: what passes the gateway is lost until one is back',
      expect.stringMatching(/^Vpc: no gateway of vpc\/vpc1 to subnet\/external0 is alive/),
    ]);
  });

  it('is not concluded from a silent agent, a NotReady node, or one tunnel of two', () => {
    const available = { ...central, onGatewayLoss: 'Distribute' } as const;
    const views = (mine: boolean, theirs: boolean) =>
      reported(present, {
        [pod]: { sees: { [one]: mine, [two]: mine } },
        other: { sees: { [one]: theirs, [two]: theirs } },
        [one]: { isFresh: false, ready: false },
        [two]: { isFresh: false, ready: false },
      });
    expect(placed(available, views(false, true)).where).toBe('centralized at the gateway');
    expect(placed(available, views(true, true)).where).toBe('centralized at the gateway');
    const alone = reported(present, { [pod]: { sees: { [one]: false, [two]: false } } });
    expect(placed(available, alone).where).toBe('distributed at the workload');
    const alive = reported(present, {
      [pod]: { sees: { [one]: false, [two]: false } },
      [one]: { up: true },
    });
    expect(placed(available, alive).where).toBe('centralized at the gateway');
  });
});
