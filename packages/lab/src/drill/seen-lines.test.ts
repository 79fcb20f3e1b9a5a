import { expect, test } from 'vitest';
import type { Burst } from '../prober/prober.ts';
import { seenLines } from './drilled-case.ts';
import type { Trial } from './probes.ts';

test('what was seen of a flow is told in words, also where nothing was', () => {
  const trial = {
    flow: { direction: 'inbound' },
    probe: { key: '0', from: 'outside', to: '10.9.101.9' },
    ask: { ip: '10.9.101.9' },
  } as Trial;
  const burst: Burst = {
    flows: new Map([['0', { sent: 3, received: 3, requestsFrom: [], repliesFrom: ['n1', 'n2'] }]]),
    answerers: new Map([
      [
        '10.9.101.9',
        [
          { node: 'n1', mac: 'a' },
          { node: 'n1', mac: 'b' },
        ],
      ],
    ]),
  };
  expect(seenLines([trial], burst)).toEqual([
    'outside to 10.9.101.9: answered, seen at n1 and n2, n1 answers for 10.9.101.9',
  ]);
  expect(seenLines([trial], { flows: new Map(), answerers: new Map() })).toEqual([
    'outside to 10.9.101.9: not answered, seen at no node, nobody answers for 10.9.101.9',
  ]);
});
