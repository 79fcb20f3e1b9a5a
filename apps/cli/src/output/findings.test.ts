import { finding } from '@berth/core';
import { expect, test } from 'vitest';
import {
  countFindings,
  countText,
  findingIdentity,
  findingLines,
  resolvedFindings,
  resolvedLine,
} from './findings.ts';
import { styleOf } from './style.ts';

const dangling = finding('reference-not-found', {
  object: { kind: 'OvnFip', name: 'web' },
  field: 'spec.ovnEip',
  at: { file: 'fip.yaml', line: 11, column: 3 },
  message: 'ovn-eip/web-ext does not exist',
  cure: 'create ovn-eip/web-ext, or correct spec.ovnEip',
});
const unbridged = finding('no-bridge-mapping', { message: 'node-1 has no bridge', cure: 'give it one' });
const plain = { style: styleOf(false), columns: undefined };

test('errors come first; each names object, field, place, code, message and cure', () => {
  expect(findingLines([unbridged, dangling], plain)).toBe(
    `error    ovn-fip/web  spec.ovnEip  fip.yaml:11:3  reference-not-found
         ovn-eip/web-ext does not exist
         cure: create ovn-eip/web-ext, or correct spec.ovnEip
warning  no-bridge-mapping
         node-1 has no bridge
         cure: give it one
`,
  );
});

test('they are counted', () => {
  expect(countText(countFindings([dangling, unbridged]))).toBe('1 error, 1 warning');
  expect(countText(countFindings([]))).toBe('0 errors, 0 warnings');
});

test('a finding is the same though its place in the file moved', () => {
  const moved = { ...dangling, at: { file: 'fip.yaml', line: 99, column: 3 } };
  expect(findingIdentity(moved)).toBe(findingIdentity(dangling));
  expect(findingIdentity(unbridged)).not.toBe(findingIdentity(dangling));
});

test('one that is gone is one line', () => {
  expect(resolvedLine(dangling, styleOf(false))).toBe(
    'resolved ovn-fip/web  fip.yaml  reference-not-found\n',
  );
});

test('one is gone once nothing is said of its object under its code, in whatever words', () => {
  const reworded = { ...dangling, message: 'ovn-eip/web-int does not exist' };
  const other = { ...dangling, object: { kind: 'OvnFip', name: 'other' } } as const;
  expect(resolvedFindings([dangling], [reworded])).toEqual([]);
  expect(resolvedFindings([dangling, other], [reworded])).toEqual([other]);
  expect(resolvedFindings([dangling], [{ ...dangling, code: 'in-use' }])).toEqual([dangling]);
  expect(resolvedFindings([dangling, reworded], [])).toHaveLength(1);
});

test('one without an object is gone for its file, and without one for its message', () => {
  const { object: _, ...ofFile } = dangling;
  const elsewhere = { ...ofFile, at: { file: 'eip.yaml', line: 1, column: 1 } };
  expect(resolvedFindings([ofFile, elsewhere], [{ ...ofFile, message: 'other words' }])).toEqual([elsewhere]);
  const node2 = { ...unbridged, message: 'node-2 has no bridge' };
  expect(resolvedFindings([unbridged, node2], [node2])).toEqual([unbridged]);
});
