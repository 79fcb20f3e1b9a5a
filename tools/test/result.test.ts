import { expect, test } from 'vitest';
import { countLine, failure, success, total } from './result.ts';

test('results add up', () => {
  const skipped = { ...success('b'), passed: 4, skipped: 2, unavailable: ['x', 'y'] };
  expect(total([failure('a'), skipped])).toEqual({
    passed: 4,
    failed: 1,
    skipped: 2,
    unavailable: ['x', 'y'],
    output: 'a\nb',
  });
});

test('nothing run is a failure, also when everything was skipped', () => {
  expect(total([])).toMatchObject({ passed: 0, failed: 1 });
  expect(total([{ ...success(''), passed: 0, skipped: 3 }])).toMatchObject({
    passed: 0,
    failed: 1,
    skipped: 3,
  });
});

test('the count line names skipped tests only when there are any', () => {
  expect(countLine(success(''))).toBe('1 passed, 0 failed');
  expect(countLine({ ...failure(''), skipped: 2 })).toBe('0 passed, 1 failed, 2 skipped');
});
