import { labOptions } from '../tree/options.ts';
import type { CommandSpec } from '../tree/spec.ts';

export const labExec: CommandSpec = {
  name: 'exec',
  words: [
    { syntax: '<where>', does: 'a node, central, outside, or a pod as NAMESPACE/NAME' },
    { syntax: '<command...>', does: 'the program and its arguments, after --' },
  ],
  summary: 'Run a program inside a lab',
  description: `Run a program inside a lab, with this terminal and its own exit code.

OVN's and Open vSwitch's own tools are set up for where they run: ovn-nbctl and ovn-sbctl everywhere but outside and in pods,
ovs-vsctl and ovs-appctl on nodes.`,
  options: [...labOptions],
  examples: [
    { does: 'The northbound database', line: 'berth lab exec central -- ovn-nbctl show' },
    { does: 'Ping the floating IP from outside', line: 'berth lab exec outside -- ping -c 3 10.9.101.9' },
    { does: 'The addresses of a pod', line: 'berth lab exec default/web -- ip address' },
    {
      does: 'What the NIC of a node has counted',
      line: 'berth lab exec vnode-103-177 -- ip -s link show eth1',
    },
  ],
  exits: { 0: "the program's own exit code", 2: 'no lab runs' },
  passThrough: true,
  ownsSignals: true,
  load: () => import('../action/lab-exec.ts'),
};
