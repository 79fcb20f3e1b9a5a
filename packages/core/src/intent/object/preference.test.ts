import { ownerKey, type Resource, type ResourceSet } from '@berth/api';
import { isMap, type Row } from '@berth/ovsdb/value';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../../compile/compile.ts';
import type { Fabric } from '../../fabric/fabric.ts';
import { damaged, planNb, programmed } from '../../testing/program.ts';
import {
  dnat,
  eip,
  fip,
  gatewayNode,
  ip,
  node,
  pod,
  providerNetwork,
  snat,
  subnet,
  vip,
  vlan,
  vpc,
} from '../../testing/resources.ts';
import { fabricWith, settle } from '../../testing/settle.ts';

const bridge = 'external0:br-external0';
const fabric = fabricWith({ n1: bridge, n2: bridge });

const ground = (excludeIps: readonly string[] = []): readonly Resource[] => [
  gatewayNode('n1'),
  node('n2'),
  providerNetwork('external0'),
  vlan('external0'),
  subnet('external0', {
    vlan: 'external0',
    cidrBlock: '10.0.0.0/24,2001:db8::/64',
    excludeIps: [...excludeIps],
  }),
  vpc('vpc1', { enableExternal: true }),
  subnet('s', { vpc: 'vpc1', cidrBlock: '192.168.0.0/24,fd00::/64' }),
];

/** Takes the lowest addresses, and goes: what the others have is not what they would be given then. */
const first: readonly Resource[] = [
  eip('0', {}, { creationTimestamp: '2026-01-01T00:00:00Z' }),
  ip('0', { subnet: 's' }, { creationTimestamp: '2026-01-01T00:00:00Z' }),
  vip('0', { subnet: 's' }, { creationTimestamp: '2026-01-01T00:00:00Z' }),
];

const users: readonly Resource[] = [
  pod('web', { subnet: 's', node: 'n2' }),
  ip('bare', { subnet: 's', nodeName: 'n2' }),
  vip('floating', { subnet: 's' }),
  eip('distributed'),
  fip('distributed', { ovnEip: 'distributed', ipName: 'web.default' }),
  eip('of-vip'),
  fip('of-vip', { ovnEip: 'of-vip', ipName: 'floating', ipType: 'vip' }),
  eip('source'),
  snat('source', { ovnEip: 'source', vpcSubnet: 's' }),
  eip('forward'),
  dnat('forward', { ovnEip: 'forward', ipName: 'web.default' }),
  eip('port', { type: 'lsp' }),
];

/** `OvnEip/web 10.0.0.9,2001:db8::9 0a:...` */
function addresses({ OvnEip, IP, Vip }: ResourceSet): readonly string[] {
  return [
    ...OvnEip.map(
      ({ metadata, status: s }) => `OvnEip/${metadata.name} ${s?.v4Ip},${s?.v6Ip} ${s?.macAddress}`,
    ),
    ...IP.map(
      ({ metadata, spec: s }) => `IP/${metadata.name} ${s.v4IpAddress},${s.v6IpAddress} ${s.macAddress}`,
    ),
    ...Vip.map(({ metadata, status: s }) => `Vip/${metadata.name} ${s?.v4ip},${s?.v6ip}`),
  ].sort();
}

/** What objects are given where nothing of theirs is stored, and NB is what `before` made of it. */
function regained(
  objects: readonly Resource[],
  before: readonly Resource[],
  change: (table: string, row: Row) => Row = (_, row) => row,
) {
  const northbound = damaged(programmed(before, fabric), change);
  const lost: Fabric = { ...fabric, northbound };
  const settled = settle(objects, lost);
  return { ...settled, plan: planNb(compile(settled.intent), northbound) };
}

const v4Of = ({ resources }: { readonly resources: ResourceSet }, name: string): string | undefined =>
  resources.OvnEip.find(({ metadata }) => metadata.name === name)?.status?.v4Ip;

/** One floating IP. The router port takes the lowest address beside it. */
const floating = (v4Ip?: string): readonly Resource[] => [
  pod('web', { subnet: 's', node: 'n2' }),
  eip('web', v4Ip === undefined ? {} : { v4Ip }),
  fip('web', { ovnEip: 'web', ipName: 'web.default' }),
];

describe('objects whose addresses are not stored', () => {
  it('get those that NB has for them, of every kind', () => {
    const whole = [...ground(), ...users];
    const before = addresses(settle([...whole, ...first], fabric).resources);
    const { resources, rounds } = regained(whole, [...whole, ...first]);
    expect(addresses(resources)).toEqual(before.filter((text) => !text.includes('/0 ')));
    expect(addresses(resources)).not.toEqual(addresses(settle(whole, fabric).resources));
    expect(rounds).toBe(1);
  });

  it('cause no change where nothing else changed', () => {
    const whole = [...ground(), ...users];
    const only = regained(whole, [...whole, ...first]).plan.changes.map(
      ({ verb, cause }) => `${verb} ${cause?.name}`,
    );
    expect(new Set(only)).toEqual(new Set(['delete 0']));
    expect(regained(whole, whole).plan.changes).toEqual([]);
  });

  it('get another one where the network does not have it any more, or keeps it', () => {
    const before = [...ground(), ...floating('10.0.0.9')];
    expect(v4Of(regained([...ground(), ...floating()], before), 'web')).toBe('10.0.0.9');
    expect(v4Of(regained([...ground(['10.0.0.9']), ...floating()], before), 'web')).toBe('10.0.0.3');
    const moved = ground().map((each) =>
      each.kind === 'Subnet' && each.metadata.name === 'external0'
        ? { ...each, spec: { ...each.spec, cidrBlock: '10.1.0.0/24,2001:db8::/64' } }
        : each,
    );
    expect(v4Of(regained([...moved, ...floating()], before), 'web')).toBe('10.1.0.2');
  });

  it('get what they ask for, and not what another one asks for or has', () => {
    const before = [...ground(), ...floating('10.0.0.9')];
    expect(v4Of(regained([...ground(), ...floating('10.0.0.20')], before), 'web')).toBe('10.0.0.20');
    const asked = regained([...ground(), ...floating(), eip('z', { v4Ip: '10.0.0.9' })], before);
    expect([v4Of(asked, 'web'), v4Of(asked, 'z'), asked.findings]).toEqual(['10.0.0.3', '10.0.0.9', []]);
    const has = { v4Ip: '10.0.0.9', v6Ip: '2001:db8::9', macAddress: '0a:00:00:00:00:01' };
    const holder: Resource = { ...eip('z'), status: { ...has, ready: true, type: 'nat' } };
    const held = regained([...ground(), ...floating(), holder], before);
    expect([v4Of(held, 'web'), v4Of(held, 'z')]).toEqual(['10.0.0.3', '10.0.0.9']);
  });

  it('keep what they have, whatever NB has', () => {
    const has = { v4Ip: '10.0.0.30', v6Ip: '2001:db8::30', macAddress: '0a:00:00:00:00:01' };
    const [web, , rule] = floating();
    const stored: Resource = { ...eip('web'), status: { ...has, ready: true, type: 'nat' } };
    const objects = [...ground(), stored, ...[web, rule].flatMap((each) => each ?? [])];
    expect(v4Of(regained(objects, [...ground(), ...floating('10.0.0.9')]), 'web')).toBe('10.0.0.30');
  });

  it('of two that NB has one address for, get it by seniority', () => {
    const before = [...ground(), ...floating('10.0.0.9')];
    const rules = (young: string, old: string): readonly Resource[] => [
      ...ground(),
      ...floating().filter(({ kind }) => kind === 'Pod'),
      eip(young, {}, { creationTimestamp: '2026-01-02T00:00:00Z' }),
      eip(old, {}, { creationTimestamp: '2026-01-01T00:00:00Z' }),
      fip('web', { ovnEip: young, ipName: 'web.default' }),
      fip('other', { ovnEip: old, ipName: 'web.default' }),
    ];
    // Somebody wrote the address of the one rule into the row of the other.
    const both = regained(
      rules('a', 'b'),
      [
        ...before,
        eip('second', { v4Ip: '10.0.0.10' }),
        fip('other', { ovnEip: 'second', ipName: 'web.default' }),
      ],
      (table, row) =>
        table === 'NAT' && row['external_ip'] === '10.0.0.10' ? { ...row, external_ip: '10.0.0.9' } : row,
    );
    expect([v4Of(both, 'b'), v4Of(both, 'a')]).toEqual(['10.0.0.9', '10.0.0.3']);
  });

  it.each([
    ['another Berth', (ids: Map<string, string>) => ids.set(ownerKey, 'other')],
    ['nobody', (ids: Map<string, string>) => ids.delete(ownerKey)],
  ])('do not look at rows of %s', (_, change) => {
    const whole = [...ground(), ...users];
    const fresh = addresses(settle(whole, fabric).resources);
    const { resources } = regained(whole, [...whole, ...first], (_table, row) => {
      const ids = new Map<string, string>();
      const old = row['external_ids'];
      if (isMap(old)) for (const [key, value] of old) ids.set(String(key), String(value));
      change(ids);
      return { ...row, external_ids: ids };
    });
    expect(addresses(resources)).toEqual(fresh);
  });
});

describe('a pod that no node is named for', () => {
  const spread = (wants: { readonly nodeSelector?: Record<string, string> } = {}): readonly Resource[] => [
    ...ground(),
    pod('a', { subnet: 's', ...wants }),
    pod('b', { subnet: 's' }),
  ];
  const nodesOf = ({ resources }: { readonly resources: ResourceSet }): readonly string[] =>
    resources.IP.map(({ metadata, spec }) => `${metadata.name} ${spec.nodeName}`).sort();
  const bound = [...ground(), pod('a', { subnet: 's', node: 'n2' })];

  it('stays on the chassis that its port is bound to, and counts there before the others are spread', () => {
    expect(nodesOf(settle(spread(), fabric))).toEqual(['a.default n1', 'b.default n2']);
    expect(nodesOf(regained(spread(), bound))).toEqual(['a.default n2', 'b.default n1']);
  });

  it('goes elsewhere if its selector does not allow that node', () => {
    const label = { 'ovn.kubernetes.io/external-gw': 'true' };
    expect(nodesOf(regained(spread({ nodeSelector: label }), bound))[0]).toBe('a.default n1');
  });
});

describe('any network', () => {
  const kinds = ['distributed', 'centralized', 'snat', 'dnat'] as const;
  const network = fc.array(
    fc.record({
      kind: fc.constantFrom(...kinds),
      wish: fc.option(fc.nat(9), { nil: undefined }),
      old: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  );
  const objectsOf = (
    list: typeof network extends fc.Arbitrary<infer T> ? T : never,
  ): readonly (readonly Resource[])[] =>
    list.map(({ kind, wish, old }, place) => {
      const name = `x${place}`;
      const uses = { ovnEip: name, ipName: `${name}.default` };
      const rules = {
        distributed: fip(name, uses),
        centralized: fip(name, { ...uses, type: 'centralized' }),
        snat: snat(name, uses),
        dnat: dnat(name, uses),
      };
      return [
        pod(name, { subnet: 's' }),
        eip(
          name,
          wish === undefined ? {} : { v4Ip: `10.0.0.${wish}` },
          old ? { creationTimestamp: `2026-01-01T00:00:0${9 - place}Z` } : {},
        ),
        rules[kind],
      ];
    });

  it('that lost its state, and some of its objects, keeps every address that a row is for', () => {
    fc.assert(
      fc.property(network, fc.infiniteStream(fc.boolean()), (list, coins) => {
        const all = objectsOf(list);
        const kept = all.filter(() => coins.next().value);
        const before = settle([...ground(), ...all.flat()], fabric).resources;
        const after = regained([...ground(), ...kept.flat()], [...ground(), ...all.flat()]);
        const had = new Set(addresses(before).filter((text) => !text.includes('undefined')));
        for (const text of addresses(after.resources)) {
          const name = text.split(' ')[0] ?? '';
          const was = [...had].find((each) => each.startsWith(`${name} `));
          if (was !== undefined) expect(text).toBe(was);
        }
      }),
      { numRuns: 60 },
    );
  });
});
