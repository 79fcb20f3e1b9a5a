import { readOptions } from '../tree/options.ts';
import { aboutWhatWasApplied, type CommandSpec } from '../tree/spec.ts';

export const whatif: CommandSpec = {
  name: 'whatif',
  words: [
    {
      syntax: '[targets...]',
      does: 'an address, fip/NAME, eip/NAME, vpc/NAME, pod/NAMESPACE/NAME, nat/ROUTER/TYPE/IP, …; everything when left out',
    },
  ],
  summary: 'Predict what is lost and what moves when things fail',
  description: `Predict what is lost and what moves when things fail. Nothing is broken.

Reads NB and SB alone, of any OVN, from servers, saved files, a bundle or a lab. Failures are written as berth lab fail has them:
host:N, uplink:N, tunnel:A-B, ovn-controller:N, sb, …; with commas between they happen at once, with semicolons in order.
Without --fail everything of the kinds of --each is broken, one by one; --pairs adds any two at once, and lists those that lose
more than each of the two alone.

A host takes its member of SB's cluster with it where the members are known: on a lab, from a file of a cluster, or with the three
servers or more of --sb. Elsewhere the answer says that SB is taken to work on.

Where a controller of Berth's runs, the verdict is what happens once it has acted, with the time that takes; --without-controller gives
OVN alone.

What is wrong already with what is asked about is named beside the answer: errors, as berth audit tells them.`,
  options: ['fail', 'each', 'pairs', 'all', 'strict', 'withoutController', 'output', ...readOptions],
  refused: aboutWhatWasApplied,
  outputs: ['table', 'wide', 'json'],
  examples: [
    {
      does: 'Both gateway nodes die',
      line: 'berth whatif --fail host:vnode-103-177,host:vnode-117-46 fip/web',
    },
    { does: 'What the loss of each node costs', line: 'berth whatif --each host' },
    { does: 'Any two nodes or uplinks', line: 'berth whatif --each host,uplink --pairs' },
    {
      does: 'From databases that somebody attached to a ticket',
      line: 'berth whatif --nb ovnnb_db.db --sb ovnsb_db.db --each host',
    },
  ],
  exits: {
    0: 'nothing is lost',
    1: 'a flow that is delivered now is lost',
    2: 'could not tell: what becomes of a flow is unknown, two nodes answer for it, or a database cannot be read',
    64: 'there is no such target or node, or the command line is wrong',
  },
  load: () => import('../action/whatif.ts'),
};
