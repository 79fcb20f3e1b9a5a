import { labOptions } from '../tree/options.ts';
import type { CommandSpec } from '../tree/spec.ts';

export const labDown: CommandSpec = {
  name: 'down',
  words: [],
  summary: 'End a lab and everything in it',
  description: 'End a lab and everything in it, also its state. A lab that does not run is no error.',
  options: [...labOptions],
  examples: [
    { does: 'The only lab', line: 'berth lab down' },
    { does: 'One of several', line: 'berth lab down --lab blue' },
  ],
  exits: { 0: 'the lab is gone' },
  load: () => import('../action/lab-down.ts'),
};
