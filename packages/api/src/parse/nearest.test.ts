import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

test.each([
  ['jsn', ['table', 'json', 'yaml'], 'json'],
  ['hots', ['host', 'zombie'], 'host'],
  ['hosts', ['host', 'zombie'], 'host'],
  ['uplnik', ['uplink', 'upstream'], 'uplink'],
  ['wraning', ['error', 'warning'], 'warning'],
  ['vsw', ['vswitchd', 'zombie'], 'vswitchd'],
  ['something', ['host', 'zombie'], undefined],
])('%s of %j is %s', (word, candidates, near) => {
  expect(nearest(word, candidates)).toBe(near);
});
