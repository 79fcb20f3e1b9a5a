import { clusterOptions, tlsOptions } from '../tree/options.ts';
import type { CommandSpec } from '../tree/spec.ts';

export const adopt: CommandSpec = {
  name: 'adopt',
  words: [],
  summary: 'Take over what Kube-OVN made, and give it back',
  description: `Take over the rows that Kube-OVN made for these objects, without moving anything; with --undo give them back. What
Berth made itself stays its own then, and is told.

Without --yes it only shows what would change: rows that are no more than marked, what is repaired on others, and what each object is to
keep. Where a floating IP runs, the MAC that answers, the order of gateways and the MACs of routers stay as they were found, whatever
the objects ask for: that is noted on them in the annotation berth.dev/keep. Behind each stands what giving it up would change
and interrupt; --lift shows that for single objects, and with --yes does it. Rows of anything else are not touched.

A row that cannot be taken over without interrupting traffic stays as it is and is named; the others are taken over. A gateway that would move keeps
it from being done at all. So does a controller of Kube-OVN that still leads: with --kube that is seen
by its Lease, and where that cannot be read --yes does nothing without --kube-ovn-stopped; of a folder it cannot be known, so stop it before.`,
  options: [
    'filename',
    'output',
    'lab',
    'nb',
    'sb',
    ...tlsOptions,
    'state',
    'instance',
    ...clusterOptions,
    'yes',
    'kubeOvnStopped',
    'undo',
    'lift',
    'timeout',
  ],
  refused: {
    options: ['bundle'],
    why: 'it is about databases that run',
    instead: 'name these with --nb and --sb; berth status, get, explain, whatif and audit read a bundle',
  },
  outputs: ['table', 'json'],
  examples: [
    {
      does: 'What it would change in a cluster',
      line: 'berth adopt --kube --nb tcp:10.0.0.1:6641 --sb tcp:10.0.0.1:6642',
    },
    { does: 'Do it, with objects from a folder', line: 'berth adopt -f cluster --yes' },
    {
      does: 'What one floating IP would meet without what it keeps',
      line: 'berth adopt -f cluster --lift ovn-fip/web',
    },
    { does: 'Give back what was taken over', line: 'berth adopt -f cluster --undo --yes' },
  ],
  exits: {
    0: 'done, or nothing to do',
    1: 'a difference, or with --yes: not done because a gateway would move, or with error findings, as of rows that are left',
    2: 'could not tell, or another controller is at work',
  },
  load: () => import('../action/adopt.ts'),
};
