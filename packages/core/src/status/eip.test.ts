import { formatRef, type Resource, resourcesIn } from '@berth/api';
import { describe, expect, it } from 'vitest';
import type { Fabric } from '../fabric/fabric.ts';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import { fieldFabric, fieldStoryWith, gatewayRules } from '../testing/field-story.ts';
import { afterPass, ready } from '../testing/pass.ts';
import { emptyNb, programmed } from '../testing/program.ts';
import { dnat, eip, fip, ip, snat } from '../testing/resources.ts';

const lacking = (kind: string, name: string): Finding =>
  finding('not-programmed', { object: { kind, name }, message: `NB lacks ${name}`, cure: 'c' });
const vpc = lacking('Vpc', 'vpc1');
const web = lacking('OvnFip', 'web');
const out = snat('out', { ovnEip: 'web', vpcSubnet: 'vpc1-subnet1' });

const shown = (name: string, findings: readonly Finding[], northbound = emptyNb) =>
  ready(afterPass(fieldStoryWith(out), { ...fieldFabric, northbound }, { findings }), 'OvnEip', name);

describe('an EIP', () => {
  it('is not programmed where NB has no rule that uses it, and works for as long as one is there', () => {
    const [only, both] = [[web], [web, lacking('OvnSnatRule', 'out')]];
    expect(shown('web', [])).toMatch(/^True Programmed: 10.9.101.9 serves /);
    expect(shown('web', only)).toMatch(/^True Programmed/);
    expect(shown('web', both)).toMatch(/^False NotProgrammed: ovn-snat-rule\/out: NB lacks out; c$/);
  });

  it('of a router port is not programmed where the port is gone, and not where the VPC lacks something else', () => {
    const whole = programmed(fieldStoryWith(out), fieldFabric);
    expect(shown('vpc1-external0', [vpc], whole)).toMatch(/^True Programmed: 10.9.101.10 is the address of/);
    expect(shown('vpc1-external0', [vpc])).toBe('False NotProgrammed: vpc/vpc1: NB lacks vpc1; c');
    expect(shown('vpc1-external0', [])).toMatch(/^True/);
  });

  it('is answered by nobody while all gateways are lost that its rules, or its router port, need', () => {
    const whole = programmed(fieldStoryWith(out), fieldFabric);
    const lost = (kind: string, name: string): Finding =>
      finding('gateways-lost', {
        ...{ object: { kind, name }, message: 'no gateway is alive', cure: 'c' },
        related: [{ kind: 'Subnet', name: 'external0' }],
      });
    const shared = [lost('Vpc', 'vpc1'), lost('OvnSnatRule', 'out')];
    expect(shown('web', shared, whole)).toMatch(/^True Programmed/);
    expect(shown('web', [...shared, lost('OvnFip', 'web')], whole)).toMatch(
      /^False GatewaysLost: .*: no gateway is alive; c$/,
    );
    expect(shown('vpc1-external0', shared, whole)).toBe(
      'False GatewaysLost: vpc/vpc1: no gateway is alive; c',
    );
  });

  it('says what its users say where no node is a gateway, or the one that serves cannot answer', () => {
    const bare = fieldStoryWith(...gatewayRules).map(
      (each): Resource =>
        each.kind === 'Node' ? { ...each, metadata: { ...each.metadata, labels: {} } } : each,
    );
    const said = (resources: readonly Resource[], fabric: Fabric) => {
      const written = afterPass(resources, { ...fabric, northbound: programmed(resources, fieldFabric) });
      return (kind: Parameters<typeof ready>[1], name: string) => ready(written, kind, name);
    };
    const none = said(bare, fieldFabric);
    const chassis = new Map(
      [...fieldFabric.chassis].map(([name, one]) => [
        name,
        name === fieldFabric.claims.get('cr-vpc1-external0') ? { ...one, mappings: new Set<string>() } : one,
      ]),
    );
    const unmapped = said(fieldStoryWith(...gatewayRules), { ...fieldFabric, chassis });
    for (const [of, reason] of [[none, 'NoGateway'] as const, [unmapped, 'NoBridgeMapping'] as const]) {
      for (const [eip, kind, name] of [
        ['web', 'OvnFip', 'web'],
        ['out', 'OvnSnatRule', 'out'],
        ['in', 'OvnDnatRule', 'in'],
      ] as const) {
        expect(of(kind, name)).toMatch(new RegExp(`^False ${reason}: centralized: `));
        const user = formatRef({ kind, name });
        expect(of('OvnEip', eip)).toBe(of(kind, name)?.replace(': ', `: ${user}: `));
      }
      expect(of('OvnEip', 'vpc1-external0')).toMatch(new RegExp(`^False ${reason}: vpc/vpc1: `));
    }
    const sound = said(fieldStoryWith(...gatewayRules), fieldFabric);
    expect(sound('OvnEip', 'web')).toMatch(/^True Programmed: 10.9.101.9 serves ovn-fip\/web$/);
  });

  it('says which rule names it that is not ready, beside those that it serves', () => {
    const said = (...rules: readonly Resource[]) => {
      const pass = afterPass(fieldStoryWith(eip('spare', { v4Ip: '10.9.101.40' }), ...rules));
      expect(pass.again).toEqual([]);
      return (name: string) => ready(pass, 'OvnEip', name);
    };
    const waits = fip('waits', { ovnEip: 'spare', ipName: 'later.default' });
    expect(said(waits)('spare')).toBe(
      'True Programmed: 10.9.101.40 is not used yet: ovn-fip/waits names it and is not ready',
    );
    expect(said(waits, dnat('port', { ovnEip: 'spare', ipName: 'later.default' }))('spare')).toBe(
      'True Programmed: 10.9.101.40 is not used yet: ovn-dnat-rule/port and ovn-fip/waits name it and are not ready',
    );
    const wiki = fip('wiki', { ovnEip: 'web', ipName: 'web.default' });
    expect(said(wiki)('web')).toBe(
      'True Programmed: 10.9.101.9 serves ovn-fip/web; ovn-fip/wiki names it and is not ready',
    );
    const going = { ...waits, metadata: { ...waits.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    expect(said(going)('spare')).toBe('True Programmed: 10.9.101.40 is not used');
  });

  it('says so no more once the rule is gone, or serves', () => {
    const asker = {};
    const waits = fip('waits', { ovnEip: 'spare', ipName: 'later.default' });
    const spare = eip('spare', { v4Ip: '10.9.101.40' });
    const written = (objects: readonly Resource[]) => afterPass(objects, fieldFabric, { asker });
    const first = written(fieldStoryWith(spare, waits));
    const left = resourcesIn(first.resources);
    const without = written(left.filter((each) => each.metadata.name !== 'waits'));
    expect(ready(without, 'OvnEip', 'spare')).toBe('True Programmed: 10.9.101.40 is not used');
    const later = written([
      ...left,
      ip('later.default', { subnet: 'vpc1-subnet1', nodeName: 'vnode-103-176' }),
    ]);
    expect(ready(later, 'OvnEip', 'spare')).toBe('True Programmed: 10.9.101.40 serves ovn-fip/waits');
  });
});
