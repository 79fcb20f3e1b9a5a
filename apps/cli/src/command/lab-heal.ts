import { labOptions } from '../tree/options.ts';
import type { CommandSpec } from '../tree/spec.ts';

export const labHeal: CommandSpec = {
  name: 'heal',
  words: [{ syntax: '[failures]', does: 'what to mend; everything when left out' }],
  summary: 'Mend what was broken in a lab',
  description: 'Mend what was broken in a lab. Its daemons run again when the command returns.',
  options: [...labOptions],
  examples: [
    { does: 'Everything', line: 'berth lab heal' },
    { does: 'One node of two', line: 'berth lab heal host:vnode-103-177' },
  ],
  exits: { 0: 'mended', 2: 'could not be mended' },
  load: () => import('../action/lab-heal.ts'),
};
