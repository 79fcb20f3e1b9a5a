import { clusterOptions, tlsOptions } from '../tree/options.ts';
import type { CommandSpec } from '../tree/spec.ts';

export const run: CommandSpec = {
  name: 'run',
  words: [],
  summary: 'Keep OVN as a folder of YAML or a cluster says',
  description: `Keep OVN as a folder of YAML says, or with --kube as the objects of a cluster say, until stopped with Ctrl-C or SIGTERM. In a cluster it
waits while another controller leads, and takes the lead again when it was lost, as while the API server was away. It answers no admission webhooks: berth-controller does, also beside it.

A change of the objects, of NB or of SB leads to a new pass; damage to our rows is repaired. On a lab it also plays every
node's agent and kubelet, in a cluster whoever leads; on a lab's own cluster a deleted pod goes once its network is gone. What changes is printed on standard output; events (a gateway moved, an address is lost, answered elsewhere or works again)
and findings as they come and go on standard error. With -o json changes and events are lines of JSON on standard output.`,
  options: [
    'filename',
    'lab',
    'nb',
    'sb',
    ...tlsOptions,
    'state',
    'moveState',
    'instance',
    ...clusterOptions,
    'adopt',
    'output',
  ],
  refused: {
    options: ['bundle'],
    why: 'it is about databases that run',
    instead: 'name these with --nb and --sb; berth status, get, explain, whatif and audit read a bundle',
  },
  outputs: ['table', 'json'],
  examples: [
    { does: 'The controller on the only lab', line: 'berth run -f examples/01-field-story' },
    {
      does: 'Only what goes wrong, as it happens',
      line: 'berth run -f examples/01-field-story -o json | jq -c \'select(.type == "Warning")\'',
    },
    { does: 'On the cluster of the only lab', line: 'berth run --kube' },
    {
      does: 'On an OVN that is no lab',
      line: 'berth run -f examples/01-field-story --nb tcp:127.0.0.1:6641 --sb tcp:127.0.0.1:6642',
    },
  ],
  exits: {
    0: 'stopped',
    2: 'the OVN cannot be reached at the start, or another controller has taken it over',
    130: 'stopped before anything was done',
  },
  load: () => import('../action/run.ts'),
};
