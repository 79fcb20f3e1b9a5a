import { tlsOptions } from '../tree/options.ts';
import type { CommandSpec } from '../tree/spec.ts';

export const apply: CommandSpec = {
  name: 'apply',
  words: [],
  summary: 'Program OVN as a folder of YAML says, once',
  description: `Program OVN as a folder of YAML says, once, and exit when nothing is left to change.

On a lab it also plays every node's agent and kubelet, and waits until the workloads are attached. Before rows are
deleted it asks, but only on a terminal. An object that is wrong keeps no other from being programmed.`,
  options: [
    'filename',
    'output',
    'lab',
    'nb',
    'sb',
    ...tlsOptions,
    'state',
    'moveState',
    'instance',
    'adopt',
    'yes',
    'timeout',
  ],
  refused: {
    options: ['bundle'],
    why: 'it is about databases that run',
    instead: 'name these with --nb and --sb; berth status, get, explain, whatif and audit read a bundle',
  },
  required: ['filename'],
  outputs: ['table', 'name', 'json'],
  examples: [
    { does: 'Program the only lab', line: 'berth apply -f examples/01-field-story' },
    {
      does: 'A lab by its name, without a question',
      line: 'berth apply -f examples/01-field-story --lab blue --yes',
    },
    {
      does: 'Look first',
      line: 'berth plan -f examples/01-field-story; berth apply -f examples/01-field-story',
    },
  ],
  exits: {
    0: 'done',
    1: 'done, but with error findings',
    2: 'could not tell, or not everything is attached in time',
  },
  load: () => import('../action/apply.ts'),
};
