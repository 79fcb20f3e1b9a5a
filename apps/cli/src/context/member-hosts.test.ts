import { expect, test } from 'vitest';
import { memberHosts } from './observed.ts';

test('the members of a cluster are known from three servers or more, or from all that a file names', () => {
  const three = ['tcp:10.0.0.1:6642', 'ssl:db-2:6642', 'tcp:[fd00::3]:6642'];
  expect(memberHosts(three, false)).toEqual(['10.0.0.1', 'db-2', 'fd00::3']);
  expect(memberHosts(three.slice(0, 2), false)).toEqual([]);
  expect(memberHosts(three.slice(0, 1), true)).toEqual(['10.0.0.1']);
  expect(memberHosts([...three, 'unix:/run/sb.sock'], false)).toEqual([]);
  expect(memberHosts([], true)).toEqual([]);
});
