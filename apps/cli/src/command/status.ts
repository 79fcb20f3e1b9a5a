import { readOptions } from '../tree/options.ts';
import { aboutWhatWasApplied, type CommandSpec } from '../tree/spec.ts';

export const status: CommandSpec = {
  name: 'status',
  words: [],
  summary: 'Show what is programmed and whether it works',
  description: `Show on one screen what is programmed and whether it works.

Databases, controller, the gateways of each VPC with the active one, each floating IP with its placement and the node
that answers for it now (its berth), then what is wrong. What is asked for and not programmed is told as missing, what is
programmed in another way as otherwise, and whether a controller is there to see to it. Where no objects are known, as of saved files, it tells
what the rows say, and that it does. What is wrong is what berth audit finds: every error, and of
the rest as much as makes a screen; what concerns only routers and switches that no object is about stands apart and does not count. What it says comes from NB and SB; berth probe asks packets.`,
  options: ['output', ...readOptions],
  refused: aboutWhatWasApplied,
  outputs: ['table', 'json'],
  examples: [
    { does: 'The only lab', line: 'berth status' },
    {
      does: 'Which node answers for each floating IP',
      line: "berth status -o json | jq '.floatingIps[] | {name, node: .berth.node}'",
    },
    { does: 'A saved OVN', line: 'berth status --bundle incident.bundle' },
    { does: 'An OVN that is no lab', line: 'berth status --nb tcp:127.0.0.1:6641 --sb tcp:127.0.0.1:6642' },
  ],
  exits: {
    0: 'told',
    1: 'told, with error findings of what is asked for, or something missing',
    2: 'a database cannot be reached, or neither objects nor packets can be told of',
  },
  load: () => import('../action/status.ts'),
};
