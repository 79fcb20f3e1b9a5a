import { describe, expect, it } from 'vitest';
import type { FindingCode } from '../finding/catalogue.ts';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import { fieldStory } from '../testing/field-story.ts';
import { afterPass, nodes, ready, statusOf } from '../testing/pass.ts';
import { fabricWith } from '../testing/settle.ts';

const object = { kind: 'OvnFip', name: 'web' };
const about = (code: FindingCode, message: string): Finding => finding(code, { object, message, cure: 'c' });
const lastGood = about('last-good-used', 'the last good version of ovn-fip/web stays in effect');

describe('an object whose last good version is in effect', () => {
  it.each([
    'bad-value',
    'missing-field',
    'unknown-field',
    'unknown-kind',
    'wrong-type',
    'yaml-syntax',
  ] as const)('is ready in spite of %s, and says it', (code) => {
    const pass = afterPass(fieldStory, undefined, { findings: [about(code, 'it is wrong'), lastGood] });
    expect(ready(pass, 'OvnFip', 'web')).toBe(
      'True LastGoodUsed: distributed: vnode-103-176 answers; it is wrong; c; the last good version of ovn-fip/web stays in effect; c',
    );
    expect(statusOf(pass, 'OvnFip', 'web')).toMatchObject({ ready: true, berth: 'vnode-103-176' });
    expect(pass.again).toEqual([]);
  });

  it('is not ready when it does not work, for the reason that it does not', () => {
    const pass = afterPass(fieldStory, fabricWith(nodes), {
      findings: [about('unknown-field', 'it is wrong'), lastGood],
    });
    expect(ready(pass, 'OvnFip', 'web')).toMatch(/^False Pending: .*; it is wrong; c; the last good version/);
  });

  it('is not ready with an error that the version in effect has', () => {
    const findings = [about('row-clash', 'a row stands in the way'), lastGood];
    expect(ready(afterPass(fieldStory, undefined, { findings }), 'OvnFip', 'web')).toMatch(
      /^False RowClash: a row stands in the way/,
    );
  });

  it('does not hold up what needs it', () => {
    const eip = { kind: 'OvnEip', name: 'web' };
    const findings = (['bad-value', 'last-good-used'] as const).map((code) =>
      finding(code, { object: eip, message: 'm', cure: 'c' }),
    );
    expect(ready(afterPass(fieldStory, undefined, { findings }), 'OvnFip', 'web')).toMatch(
      /^True Programmed/,
    );
  });
});

describe('an object with an error of its input that is in effect as it is', () => {
  it('is not ready', () => {
    const findings = [about('unknown-field', 'it is wrong')];
    expect(ready(afterPass(fieldStory, undefined, { findings }), 'OvnFip', 'web')).toBe(
      'False UnknownField: it is wrong; c',
    );
  });

  it('is ready when it is the first of two definitions, and says so', () => {
    const findings = [about('duplicate-object', 'ovn-fip/web is defined in a.yaml:1 already, which counts')];
    expect(ready(afterPass(fieldStory, undefined, { findings }), 'OvnFip', 'web')).toBe(
      'True Programmed: distributed: vnode-103-176 answers; ovn-fip/web is defined in a.yaml:1 already, which counts; c',
    );
  });
});
