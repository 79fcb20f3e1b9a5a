import type { GatewayPolicy, Resource } from '@berth/api';
import { describe, expect, it } from 'vitest';
import type { Fabric } from '../fabric/fabric.ts';
import { fieldFabric, fieldStoryWith } from '../testing/field-story.ts';
import { desiredRows } from '../testing/program.ts';
import { reported, withDead, withMembers } from '../testing/reported.ts';
import { gatewayNode, gatewayPolicy, node, vpc } from '../testing/resources.ts';
import { rowTexts } from '../testing/row-text.ts';
import { fabricWith, settle } from '../testing/settle.ts';
import { witnessPort } from './gateway/witness.ts';
import type { ExternalSubnetIntent } from './intent.ts';

const bridge = 'external0:br-external0';
const plain = ['p1', 'p2', 'p3', 'p4', 'p5'];
const gateways = ['g1', 'g2'];
const objects: readonly Resource[] = [
  ...plain.map((name) => node(name)),
  ...gateways.map((name) => gatewayNode(name)),
];
const bare = ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'].map((name) => node(name));

/** External0 of the field story on these nodes, all of which report. */
function external(fabric: Fabric, ...others: readonly Resource[]): ExternalSubnetIntent | undefined {
  const { intent } = settle(fieldStoryWith(...bare, ...objects, ...others), fabric);
  return intent.externals[0];
}

function witnesses(fabric: Fabric, ...others: readonly Resource[]): readonly string[] {
  return (external(fabric, ...others)?.witnesses ?? []).map((each) => each.node);
}

function reporting(nodes: readonly string[], claims: Readonly<Record<string, string>> = {}): Fabric {
  const fabric = fabricWith(
    Object.fromEntries([...plain, ...gateways].map((name) => [name, bridge])),
    claims,
  );
  return reported(fabric, Object.fromEntries(nodes.map((name) => [name, {}])));
}

describe('witnesses', () => {
  it('are three nodes with an agent that are no gateways, and gateways that wait to be', () => {
    const all = reporting([...plain, ...gateways]);
    const chosen = witnesses(withMembers(all, 'vpc1-external0', ...gateways));
    expect(chosen).toHaveLength(3);
    for (const name of chosen) expect(plain).toContain(name);
    const waits = reported(all, {
      ...Object.fromEntries(plain.map((name) => [name, {}])),
      g1: {},
      g2: { sees: {} },
    });
    const beside = witnesses(withMembers(waits, 'vpc1-external0', 'g1'));
    expect(beside.filter((name) => !chosen.includes(name))).toEqual(['g2']);
    expect(witnesses(reporting([]))).toEqual([]);
  });

  it('are gateways too where there are fewer others', () => {
    expect(witnesses(reporting(['p1', ...gateways]))).toEqual(['g1', 'g2', 'p1']);
  });

  it('are none on a network that no VPC is attached to', () => {
    expect(witnesses(reporting(plain), vpc('vpc1', { enableExternal: false }))).toEqual([]);
  });

  it('stay where they are bound: a node that comes back changes nothing', () => {
    const all = witnesses(reporting(plain));
    const gone = all[0] ?? '';
    const without = witnesses(withDead(reporting(plain), gone));
    expect(without).not.toContain(gone);
    expect(without).toEqual(expect.arrayContaining(all.slice(1)));
    const bound = Object.fromEntries(without.map((name) => [witnessPort('external0', name), name]));
    expect(witnesses(reporting(plain, bound))).toEqual(without);
  });

  it('are ports without an address, bound to their node, with names that interfaces can have', () => {
    const fabric = reporting(['p1']);
    const port = witnessPort('external0', 'p1');
    expect(port).toMatch(/^bw-[0-9a-f]{12}$/);
    expect(new Set(plain.map((name) => witnessPort('external0', name))).size).toBe(plain.length);
    const rows = desiredRows(fieldStoryWith(...bare, ...objects), fabric);
    const own = rows.find(({ table, key }) => table === 'Logical_Switch_Port' && key[0] === port);
    expect(own?.columns).toMatchObject({
      type: '',
      addresses: new Set(),
      options: new Map([['requested-chassis', 'chassis-p1']]),
    });
    expect(own?.parent?.table).toBe('Logical_Switch');
    expect(rowTexts(rows, 'Logical_Switch_Port')).toHaveLength(5);
  });
});

type Probe = NonNullable<NonNullable<GatewayPolicy['spec']['health']>['uplinkProbe']>;

describe('the uplink probe', () => {
  const probe = (...policies: readonly Probe[]) => {
    const attached = policies.map((_, index) => vpc(`v${index}`, { enableExternal: true }));
    const own = policies.map((uplinkProbe, index) =>
      gatewayPolicy(`p${index}`, { health: { uplinkProbe } }, { vpcs: [`v${index}`] }),
    );
    const { intent } = settle(fieldStoryWith(...attached, ...own), fieldFabric);
    return intent.externals[0]?.uplinkProbe;
  };

  it('asks the gateway where no policy says otherwise', () => {
    expect(probe()).toEqual({
      targets: ['10.9.101.1'],
      intervalMs: 1000,
      failureThreshold: 3,
      successThreshold: 5,
    });
  });

  it('is the fastest and the most impatient of what policies ask, with all their targets', () => {
    expect(
      probe(
        { intervalMs: 500, failureThreshold: 4, targets: ['10.9.101.3', '8.8.8.8'] },
        { intervalMs: 2000, failureThreshold: 2 },
      ),
    ).toEqual({
      targets: ['10.9.101.1', '10.9.101.3'],
      intervalMs: 500,
      failureThreshold: 2,
      successThreshold: 5,
    });
  });
});

describe('tunnel BFD', () => {
  const bfd = (minBfdMs: number | undefined, ...asked: readonly GatewayPolicy['spec']['bfd'][]) => {
    const policies = asked.flatMap((each, index) => [
      vpc(`v${index}`, {}),
      gatewayPolicy(`p${index}`, each && { bfd: each }, { vpcs: [`v${index}`] }),
    ]);
    return settle(fieldStoryWith(...policies), fieldFabric, minBfdMs === undefined ? {} : { minBfdMs }).intent
      .tunnelBfd;
  };

  it('is left alone where no policy asks', () => {
    expect(bfd(undefined)).toBeUndefined();
    expect(bfd(undefined, undefined)).toBeUndefined();
  });

  it('is what notices a loss first, whole, with whose wish it is', () => {
    expect(bfd(undefined, { minTxMs: 1000, multiplier: 2 }, { minTxMs: 400 }, {})).toEqual({
      minTxMs: 300,
      minRxMs: 300,
      multiplier: 3,
      origin: { object: { kind: 'GatewayPolicy', name: 'p2' }, field: 'spec.bfd' },
    });
  });

  it('is never faster than the installation holds', () => {
    expect(bfd(undefined, { minTxMs: 50, minRxMs: 100 })).toMatchObject({ minTxMs: 300, minRxMs: 300 });
    expect(bfd(100, { minTxMs: 50, minRxMs: 150 })).toMatchObject({ minTxMs: 100, minRxMs: 150 });
    expect(bfd(500, { multiplier: 4 })).toMatchObject({ minTxMs: 500, minRxMs: 500, multiplier: 4 });
  });

  it('of a policy that counts nowhere does not count', () => {
    const early = { creationTimestamp: '2026-01-01T00:00:00Z' };
    const objects = fieldStoryWith(gatewayPolicy('elder', {}, early), gatewayPolicy('lost', { bfd: {} }));
    expect(settle(objects, fieldFabric).intent.tunnelBfd).toBeUndefined();
  });
});
