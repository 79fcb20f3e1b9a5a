import { tlsOptions } from '../tree/options.ts';
import type { CommandSpec } from '../tree/spec.ts';

export const rebalance: CommandSpec = {
  name: 'rebalance',
  words: [{ syntax: '[vpcs...]', does: 'names of Vpcs; all when left out' }],
  summary: 'Spread the gateways of VPCs evenly again',
  description: `Spread the gateways of VPCs evenly again, once.

A gateway that serves is left where it is, so after many failures and repairs one node may serve most VPCs. This moves those whose
gateway is not the one an even spread gives them, one step after the other: the old one leaves when the new one serves. Connections
through SNAT and port forwards may end.

While berth run or a controller is at work it has the right to write: annotate the Vpc with berth.dev/rebalance there instead.`,
  options: ['filename', 'output', 'lab', 'nb', 'sb', ...tlsOptions, 'state', 'instance', 'timeout'],
  refused: {
    options: ['bundle'],
    why: 'it is about databases that run',
    instead: 'name these with --nb and --sb; berth status, get, explain, whatif and audit read a bundle',
  },
  required: ['filename'],
  outputs: ['table', 'json'],
  examples: [
    { does: 'Every VPC', line: 'berth rebalance -f examples/01-field-story' },
    { does: 'One VPC', line: 'berth rebalance -f examples/01-field-story vpc1' },
  ],
  exits: {
    0: 'spread evenly',
    1: 'a gateway has not moved in time',
    2: 'could not tell, or a controller is at work',
    64: 'there is no such Vpc, or the command line is wrong',
  },
  load: () => import('../action/rebalance.ts'),
};
