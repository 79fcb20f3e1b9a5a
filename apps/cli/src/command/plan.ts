import { clusterOptions, tlsOptions } from '../tree/options.ts';
import type { CommandSpec } from '../tree/spec.ts';

export const plan: CommandSpec = {
  name: 'plan',
  words: [],
  summary: 'Show what apply would change and interrupt',
  description: `Show what apply would change in OVN, or a controller of the cluster with --kube, and whose traffic that interrupts.

Changes are grouped by the object that causes them: + a new row, ~ a changed one, - a removed one, a one that is taken
over. Behind each stand the fields it comes from. Nothing is written, and a running controller is not disturbed. So any folder may be asked about, also
a changed copy of the one that was applied: where apply would have to be told --move-state, that is said, with what it would remove, and which controller has to be stopped first.`,
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
    ...clusterOptions,
    'adopt',
  ],
  refused: {
    options: ['bundle'],
    why: 'it is about databases that run',
    instead: 'name these with --nb and --sb; berth status, get, explain, whatif and audit read a bundle',
  },
  outputs: ['table', 'json'],
  examples: [
    { does: 'What the folder would change in the only lab', line: 'berth plan -f examples/01-field-story' },
    {
      does: 'On an OVN that is no lab',
      line: 'berth plan -f examples/01-field-story --nb tcp:127.0.0.1:6641 --sb tcp:127.0.0.1:6642',
    },
    {
      does: 'Only the changes that interrupt traffic',
      line: "berth plan -f examples/01-field-story -o json | jq '.changes[] | select(.interrupts)'",
    },
  ],
  exits: {
    0: 'no difference',
    1: 'a difference, or an error',
    2: 'could not tell',
  },
  load: () => import('../action/plan.ts'),
};
