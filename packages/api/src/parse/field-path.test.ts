import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatFieldPath, parseFieldPath } from './field-path.ts';
import { nearest } from './nearest.ts';

describe('a field path', () => {
  test('is written as kubectl explain does', () => {
    expect(formatFieldPath(['spec', 'staticRoutes', 0, 'cidr'])).toBe('spec.staticRoutes[0].cidr');
    expect(formatFieldPath(['metadata', 'labels', 'example.org/a'])).toBe('metadata.labels[example.org/a]');
  });

  test('is its text and back', () => {
    const name = fc.stringMatching(/^[A-Za-z_][\w-]*$/);
    const key = fc.stringMatching(/^[a-z]+\.[a-z]+\/[a-z]+$/);
    fc.assert(
      fc.property(name, fc.array(fc.oneof(name, key, fc.nat(99))), (first, rest) => {
        expect(parseFieldPath(formatFieldPath([first, ...rest]))).toEqual([first, ...rest]);
      }),
    );
  });
});

describe('the nearest word', () => {
  test.each([
    ['cidrBlok', 'cidrBlock'],
    ['CIDRBLOCK', 'cidrBlock'],
    ['gate', undefined],
    ['gatewayN', 'gatewayNode'],
    ['something', undefined],
    ['', undefined],
  ])('to %j is %j', (word, expected) => {
    expect(nearest(word, ['cidrBlock', 'gateway', 'gatewayNode'])).toBe(expected);
  });

  test('is not looked for by the letters of a word as long as a file', () => {
    expect(nearest('k'.repeat(100_000_000), ['cidrBlock'])).toBeUndefined();
  });
});
