import { resourcesIn } from '@berth/api';
import { describe, expect, it } from 'vitest';
import { finding } from '../finding/make.ts';
import { fieldFabric, fieldStory, fieldStoryWith, gatewayRules } from '../testing/field-story.ts';
import { afterPass, morning, nodes, noon, ready, statusOf, written } from '../testing/pass.ts';
import { providerNetwork } from '../testing/resources.ts';
import { fabricWith } from '../testing/settle.ts';

describe('conditions', () => {
  const clash = finding('row-clash', {
    object: { kind: 'OvnFip', name: 'web' },
    message: 'the NAT row is taken',
    cure: 'c',
  });

  it('turn false with a finding of the plan and true without it, and the old boolean follows', () => {
    const good = afterPass(fieldStory);
    const stored = resourcesIn(good.resources);
    const bad = afterPass(stored, fieldFabric, { now: noon, findings: [clash] });
    expect(written(bad)).toEqual(['OvnEip/web', 'OvnFip/web']);
    expect(ready(bad, 'OvnFip', 'web')).toBe('False RowClash: the NAT row is taken; c');
    expect(statusOf(bad, 'OvnFip', 'web')).toMatchObject({
      ready: false,
      conditions: [{ lastUpdateTime: noon, lastTransitionTime: noon }],
    });
    const again = afterPass(resourcesIn(bad.resources), fieldFabric, { now: '2026-01-01T13:00:00Z' });
    expect(statusOf(again, 'OvnFip', 'web')).toMatchObject({
      ready: true,
      berth: 'vnode-103-176',
      conditions: [{ status: 'True', lastTransitionTime: '2026-01-01T13:00:00Z' }],
    });
  });

  it('keep their time of transition while only the message changes', () => {
    const stored = resourcesIn(afterPass(fieldStory).resources);
    const moved = fabricWith(nodes, { 'web.default': 'vnode-103-176', 'cr-vpc1-external0': 'vnode-103-177' });
    const pass = afterPass(stored, moved, { now: noon });
    expect(written(pass)).toEqual(['Vpc/vpc1']);
    expect(statusOf(pass, 'Vpc', 'vpc1')).toMatchObject({
      conditions: [{ lastUpdateTime: noon, lastTransitionTime: morning }],
    });
  });

  it('follow the generation of the object', () => {
    const stored = resourcesIn(afterPass(fieldStory).resources).map((object) =>
      object.kind === 'Vlan' ? { ...object, metadata: { ...object.metadata, generation: 7 } } : object,
    );
    expect(statusOf(afterPass(stored, fieldFabric, { now: noon }), 'Vlan', 'external0')).toMatchObject({
      conditions: [{ observedGeneration: 7, lastTransitionTime: morning, lastUpdateTime: noon }],
    });
  });

  it('of other types and of single nodes stay', () => {
    const others = [
      { type: 'Ready', status: 'True' as const, node: 'n1', reason: 'InitOVSBridgeSucceeded' },
      { type: 'Validated', status: 'True' as const },
    ];
    const pass = afterPass(
      fieldStoryWith({ ...providerNetwork('external0'), status: { conditions: others } }),
    );
    const status = statusOf(pass, 'ProviderNetwork', 'external0');
    expect(status?.conditions).toEqual([
      expect.objectContaining({ type: 'Ready', reason: 'Programmed' }),
      ...others,
    ]);
  });

  it.each([
    ['acl-drops-part', 'warning', 'True AclDropsPart'],
    ['snat-overlap', 'warning', 'True SnatOverlap'],
    ['snat-overlap', 'info', 'True Programmed'],
    ['snat-overlap', 'error', 'False SnatOverlap'],
  ] as const)('say of what takes packets by %s, %s: %s', (code, severity, told) => {
    const taken = finding(code, {
      severity,
      object: { kind: 'OvnSnatRule', name: 'out' },
      message: 'm',
      cure: 'c',
    });
    const pass = afterPass(fieldStoryWith(...gatewayRules), fieldFabric, { findings: [taken] });
    expect(ready(pass, 'OvnSnatRule', 'out')).toMatch(`${told}: `);
  });

  it('tell every error of their object, the worst first, with what is worth knowing behind, as far as there is room', () => {
    const about = (code: 'row-clash' | 'transaction-refused' | 'no-route', message: string) =>
      finding(code, { object: { kind: 'OvnFip', name: 'web' }, message, cure: 'c' });
    const findings = [
      about('no-route', 'no way out'),
      clash,
      about('transaction-refused', 'the row is refused'),
    ];
    expect(ready(afterPass(fieldStory, fieldFabric, { findings }), 'OvnFip', 'web')).toBe(
      'False RowClash: the NAT row is taken; c; also: the row is refused; c; no way out; c',
    );
    const many = Array.from({ length: 9 }, (_, place) =>
      about('transaction-refused', `${place} ${'x'.repeat(200)}`),
    );
    const long = ready(afterPass(fieldStory, fieldFabric, { findings: many }), 'OvnFip', 'web');
    expect(long.length).toBeLessThan(1_040);
    expect(long).toMatch(/^False TransactionRefused: 0 x.*; also: 3 x+; c; and 5 more, see berth explain$/);
  });
});
