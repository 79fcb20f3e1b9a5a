import { expect, it } from 'vitest';
import { planNodes } from '../lab/plan.ts';
import { sentinelsOf } from './sentinels.ts';

it('every node is passed by two of them, and one alone has nobody to ask', () => {
  const nodes = planNodes('x', ['a', 'b', 'c']);
  expect(sentinelsOf({ nodes })).toEqual([
    { key: 'sentinel a', from: 'a', to: nodes[1]?.tunnelIp },
    { key: 'sentinel b', from: 'b', to: nodes[2]?.tunnelIp },
    { key: 'sentinel c', from: 'c', to: nodes[0]?.tunnelIp },
  ]);
  expect(sentinelsOf({ nodes: planNodes('x', ['a']) })).toEqual([]);
});
