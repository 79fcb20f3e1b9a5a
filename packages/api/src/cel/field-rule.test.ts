import { describe, expect, test } from 'vitest';
import type { KindName } from '../kind/resource.ts';
import { fieldRulesOf } from './field-rule.ts';

function rule(kind: KindName, field: string, problem = 'bad-value') {
  return fieldRulesOf(kind).find((each) => each.field === field && each.problem === problem);
}

describe('the rules of a schema', () => {
  test('are of every field that says what its text is', () => {
    expect(fieldRulesOf('OvnEip').map(({ field, problem }) => `${problem} ${field}`)).toEqual([
      'bad-value spec.v4Ip',
      'bad-value spec.v6Ip',
      'bad-value spec.macAddress',
      'bad-value spec.type',
    ]);
    expect(rule('OvnEip', 'spec.v4Ip')).toMatchObject({
      message: 'is not one IPv4 address',
      value: 'object.spec.v4Ip',
    });
    expect(rule('OvnEip', 'spec.type')).toMatchObject({
      holds:
        "(!has(object.spec) || (!has(object.spec.type) || (object.spec.type == '' || object.spec.type in ['nat', 'lrp', 'lsp'])))",
      cure: 'write one of nat, lrp, lsp',
    });
  });

  test('ask for what must be there', () => {
    expect(rule('OvnFip', 'spec.ovnEip', 'missing-field')?.holds).toBe(
      "(!has(object.spec) || (has(object.spec.ovnEip) && object.spec.ovnEip != ''))",
    );
    expect(rule('OvnFip', 'spec', 'missing-field')?.holds).toBe('(has(object.spec))');
    expect(rule('Vpc', 'spec', 'missing-field')).toBeUndefined();
  });

  test('go through lists, and name the first value there that is wrong', () => {
    const found = rule('Vpc', 'spec.staticRoutes[].nextHopIP');
    expect(found?.holds).toContain('object.spec.staticRoutes.all(item0, (!has(item0.nextHopIP) ||');
    expect(found?.value).toMatch(
      /^object\.spec\.staticRoutes\.filter\(item0, !\(!has\(item0\.nextHopIP\) \|\| .*\)\)\[0\]\.nextHopIP$/,
    );
    expect(rule('Subnet', 'spec.excludeIps[]')?.value).toMatch(
      /^object\.spec\.excludeIps\.filter\(item0, !\(item0 == ''.*\)\[0\]$/,
    );
    expect(rule('GatewayPolicy', 'spec.targetRefs')?.holds).toContain('object.spec.targetRefs.size() >= 1');
    expect(rule('GatewayPolicy', 'spec.targetRefs[].kind')?.cure).toBe('write Vpc');
  });

  test.each(['ProviderNetwork', 'Vlan', 'Subnet', 'OvnSnatRule', 'OvnDnatRule', 'Vip'] as const)(
    'there are some for %s, each with a cure',
    (kind) => {
      const rules = fieldRulesOf(kind);
      expect(rules.length).toBeGreaterThan(0);
      for (const { cure, holds } of rules) expect([cure, holds]).not.toContain('');
    },
  );
});
