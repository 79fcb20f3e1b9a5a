import { describe, expect, it } from 'vitest';
import { catalogue, type FindingCode, reasonOf } from './catalogue.ts';
import { atLeast, finding, sortFindings } from './make.ts';

const codes = Object.keys(catalogue) as readonly FindingCode[];

describe('the catalogue', () => {
  it('has codes in kebab-case and in order', () => {
    for (const code of codes) expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect([...codes].sort()).toEqual(codes);
  });

  it('gives every code a reason of its own, in CamelCase', () => {
    expect(reasonOf('no-gateway')).toBe('NoGateway');
    expect(reasonOf('row-clash')).toBe('RowClash');
    expect(new Set(codes.map(reasonOf)).size).toBe(codes.length);
    for (const code of codes) expect(reasonOf(code)).toMatch(/^([A-Z][a-z]*)+$/);
  });
});

const parts = { message: 'm', cure: 'c' };

describe('a finding', () => {
  it('has the severity of its code unless it says another', () => {
    expect(finding('pool-full', parts).severity).toBe('error');
    expect(finding('pool-full', { ...parts, severity: 'info' }).severity).toBe('info');
  });

  it('has no field that it does not fill', () => {
    expect(Object.keys(finding('pool-full', { ...parts, field: undefined }))).toEqual([
      'code',
      'severity',
      'message',
      'cure',
      'related',
      'rows',
    ]);
  });

  it.each([
    ['error', [true, true, true]],
    ['warning', [false, true, true]],
    ['info', [false, false, true]],
  ] as const)('that is an %s is at least as bad as', (severity, expected) => {
    const one = finding('in-use', { ...parts, severity });
    expect((['error', 'warning', 'info'] as const).map((threshold) => atLeast(one, threshold))).toEqual(
      expected,
    );
  });
});

describe('findings', () => {
  const about = (name: string, code: FindingCode) =>
    finding(code, { ...parts, object: { kind: 'Vpc', name } });

  it('are sorted worst first, then by object, each once', () => {
    const list = [
      about('a', 'in-use'),
      about('b', 'no-gateway'),
      about('a', 'cannot-distribute'),
      about('a', 'no-gateway'),
    ];
    const sorted = sortFindings([...list, ...list]);
    expect(sorted.map(({ code, object }) => `${code} ${object?.name}`)).toEqual([
      'no-gateway a',
      'no-gateway b',
      'cannot-distribute a',
      'in-use a',
    ]);
    expect(sortFindings([...list].reverse())).toEqual(sorted);
  });
});
