import type { CommandSpec } from '../tree/spec.ts';

export const demo: CommandSpec = {
  name: 'demo',
  words: [],
  summary: 'Play the field story, proved with packets',
  description: `Play the field story on a real three-node OVN, with packets, then clean up.

A floating IP goes on answering when both gateway nodes are dead. The demo shows why, changes one field, and shows
that it then depends on the gateways. Each step is checked with packets from outside and from the pod. It takes less
than two minutes and leaves nothing behind.`,
  options: ['output'],
  outputs: ['table', 'json'],
  examples: [
    { does: 'Watch the story', line: 'berth demo' },
    { does: 'Only the table of what came out', line: 'berth demo 2>/dev/null' },
  ],
  exits: {
    0: 'every step came out as stated',
    1: 'a step came out otherwise',
    2: 'the story could not be played',
  },
  load: () => import('../action/demo.ts'),
};
