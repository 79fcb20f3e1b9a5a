import { expect, test } from 'vitest';
import { twoAnswerers } from './probe-answerers.ts';

test('an address that several answer for is an error that names them all; one of each address is none', () => {
  const one = { address: '10.9.101.9', mac: '02:00:00:00:00:09', node: 'node-1' };
  expect(twoAnswerers([one, { ...one, address: '10.9.101.10' }])).toEqual([]);
  const found = twoAnswerers([one, { ...one, mac: '02:00:00:00:00:10', node: null }]);
  expect(found).toMatchObject([
    {
      code: 'two-answerers',
      severity: 'error',
      message:
        '02:00:00:00:00:09 (node-1) and 02:00:00:00:00:10 both answer for 10.9.101.9: which of them a packet meets is chance',
    },
  ]);
});
