import { labOptions } from '../tree/options.ts';
import type { CommandSpec } from '../tree/spec.ts';

export const labUp: CommandSpec = {
  name: 'up',
  words: [],
  summary: 'Start a lab',
  description: `Start a lab, and return when every node is part of its OVN. The lab lives on until berth lab down.

--lab, or --name, gives it a name, by which the other commands find it among several. Needs no root where /dev/net/tun may be used by everybody. Needs OVN and Open vSwitch as the distribution packages them;
none of their services has to run. With --kube it also starts a real kube-apiserver, which serves our kinds, refuses
what is wrong in itself, and ends with the lab; berth lab status shows its kubeconfig. make kube-apiserver builds it.`,
  options: [...labOptions, 'nodes', 'raft', 'kube', 'attached'],
  examples: [
    { does: 'Three nodes', line: 'berth lab up' },
    {
      does: 'The nodes of the field story',
      line: 'berth lab up --nodes vnode-103-176,vnode-103-177,vnode-117-46',
    },
    { does: 'With an API server for kubectl', line: 'berth lab up --kube' },
    { does: 'A second lab beside the first', line: 'berth lab up --lab blue --nodes a,b' },
  ],
  exits: { 0: 'the lab is ready', 2: 'it could not be started; nothing is left of it' },
  load: () => import('../action/lab-up.ts'),
};
