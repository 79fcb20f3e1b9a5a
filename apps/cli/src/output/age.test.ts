import { expect, test } from 'vitest';
import { ageText } from './age.ts';

const start = '2026-11-23T00:00:00Z';
const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

test.each([
  [0, '0s'],
  [119, '119s'],
  [2 * minute, '2m'],
  [5 * minute + 10, '5m10s'],
  [10 * minute + 10, '10m'],
  [179 * minute, '179m'],
  [3 * hour + 5 * minute, '3h5m'],
  [8 * hour + 5 * minute, '8h'],
  [47 * hour, '47h'],
  [2 * day + 4 * hour, '2d4h'],
  [8 * day + 4 * hour, '8d'],
  [2 * 365 * day + day, '2y1d'],
  [9 * 365 * day, '9y'],
  [-5, '0s'],
])('%i seconds are %s', (seconds, text) => {
  expect(ageText(start, Date.parse(start) + seconds * 1000)).toBe(text);
});

test('what has no time has no age', () => {
  expect(ageText(undefined, 0)).toBe('<unknown>');
  expect(ageText('soon', 0)).toBe('<unknown>');
});
