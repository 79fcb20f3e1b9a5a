import { labOptions } from '../tree/options.ts';
import type { CommandSpec } from '../tree/spec.ts';

export const labStatus: CommandSpec = {
  name: 'status',
  words: [],
  summary: 'Show the nodes, daemons, pods and failures of a lab',
  description: 'Show the nodes, daemons, pods and failures of a lab, and where its databases are.',
  options: [...labOptions, 'output'],
  outputs: ['table', 'json'],
  examples: [
    { does: 'The only lab', line: 'berth lab status' },
    { does: 'The remote of its northbound database', line: 'berth lab status -o json | jq -r .nb' },
  ],
  exits: { 0: 'printed', 2: 'no lab runs' },
  load: () => import('../action/lab-status.ts'),
};
