import { describe, expect, it } from 'vitest';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import { fieldFabric, fieldStoryWith } from '../testing/field-story.ts';
import { afterPass, ready } from '../testing/pass.ts';
import { emptyNb, programmed } from '../testing/program.ts';
import { snat } from '../testing/resources.ts';

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
      finding('gateways-lost', { object: { kind, name }, message: 'no gateway is alive', cure: 'c' });
    const shared = [lost('Vpc', 'vpc1'), lost('OvnSnatRule', 'out')];
    expect(shown('web', shared, whole)).toMatch(/^True Programmed/);
    expect(shown('web', [...shared, lost('OvnFip', 'web')], whole)).toMatch(
      /^False GatewaysLost: .*: no gateway is alive; c$/,
    );
    expect(shown('vpc1-external0', shared, whole)).toBe(
      'False GatewaysLost: vpc/vpc1: no gateway is alive; c',
    );
  });
});
