import type { CommandSpec } from '../tree/spec.ts';

export const drill: CommandSpec = {
  name: 'drill',
  words: [
    {
      syntax: '[targets...]',
      does: 'an address, fip/NAME, eip/NAME, vpc/NAME, nat/ROUTER/TYPE/IP, …; everything when left out',
    },
  ],
  summary: 'Break a lab for real, and compare what packets do with what was predicted',
  description: `Predict, break a lab for real, and compare with packets.

For every case: predicts what becomes of each flow, breaks the lab, sends packets of all flows both ways with ids of their own,
asks every node whether it answers for the addresses, heals the lab, and waits until it is what it was before. Cases are written as
for berth whatif. What comes back later than expected is called slow and is no disagreement. Packets are pings, and
connections to forwarded ports and to the own addresses of routers, which answer pings by themselves. Where berth run is at
work on the lab, it acts, and what it does is part of the prediction. Where packets and prediction disagree, NB and SB before and during the failure are kept in a folder.

With --trace every node's vswitchd is asked as well what it would do with the packets of each flow, from the question who has the address
to the answer's way back. Where that and packets contradict one another, it is told which of the three to doubt, and counts as a disagreement.`,
  options: [
    'fail',
    'each',
    'pairs',
    'all',
    'trace',
    'withoutController',
    'output',
    'lab',
    'state',
    'instance',
  ],
  refused: {
    options: ['nb', 'sb', 'bundle'],
    why: 'it breaks things for real, which only a lab is for',
    instead: 'berth whatif predicts from databases',
  },
  outputs: ['table', 'json'],
  examples: [
    {
      does: 'Both gateway nodes die',
      line: 'berth drill --fail host:vnode-103-177,host:vnode-117-46 fip/web',
    },
    { does: 'The loss of each node and each uplink', line: 'berth drill --each host,uplink' },
    { does: 'The same with a second opinion', line: 'berth drill --each host,uplink --trace' },
    { does: 'One after the other', line: 'berth drill --fail "ovn-controller:node-2;host:node-3"' },
  ],
  exits: {
    0: 'packets agree with every prediction, and with traces where those are asked for',
    1: 'a disagreement',
    2: 'could not tell',
    64: 'there is no such target or node, or the command line is wrong',
  },
  load: () => import('../action/drill.ts'),
};
