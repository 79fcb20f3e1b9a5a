import { emptyFabric, finding } from '@berth/core';
import { expect, test } from 'vitest';
import { withAddresses } from './stillness.ts';

test('where no address suffers a node that stands still is told as it is', () => {
  const object = { kind: 'Node', name: 'N' };
  const frozen = finding('node-frozen', { object, message: 'node N stands still', cure: 'c' });
  const analysis = { verdicts: () => [], fabric: emptyFabric, nodeName: (name: string) => name };
  expect(withAddresses([frozen], analysis)).toEqual([frozen]);
});
