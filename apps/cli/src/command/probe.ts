import { clusterOptions } from '../tree/options.ts';
import type { CommandSpec } from '../tree/spec.ts';
import { probedForms } from '../tree/target-words.ts';

export const probe: CommandSpec = {
  name: 'probe',
  words: [
    {
      syntax: '<target>',
      does: probedForms,
    },
  ],
  summary: 'Send packets to a floating IP of a lab, now',
  description: `Send packets to a floating IP of a lab, now, both ways.

From outside to the address, and from the pod to the outside, with the address the outside sees it with. Only what came to the workload counts:
whatever a router or another workload answers in its place is named. Also asks who answers ARP or ND for the address: the MAC
and the node behind it. Through an SNAT rule a pod connects to the outside,
which tells the source address it saw; through a DNAT rule the outside connects
to the port, and the pod answers; through a load-balancer of several backends it connects as often as each must have been met, and which answered is told.
An EIP or an address is tried by all that is programmed for it, and a pod by its floating IPs and forwarded ports, and where it has no
floating IP, or only one that is not programmed, by its way out through SNAT; a VPC or a subnet by all of its floating IPs and rules. Rows of NB that no
object asks for are tried likewise, by whatever target means them; where no objects are stored, or somebody else leads the OVN, they alone say what is tried. A node has no address to send packets to. Nothing is read from a database that packets can tell.`,
  options: ['output', 'lab', 'state', 'instance', ...clusterOptions],
  refused: {
    options: ['nb', 'sb', 'bundle'],
    why: 'it sends packets, from inside a lab',
    instead: 'berth explain and berth status tell from databases whether an address works',
  },
  outputs: ['table', 'json'],
  examples: [
    { does: 'A floating IP', line: 'berth probe fip/web' },
    {
      does: 'A forwarded port, and the source address of a subnet',
      line: 'berth probe dnat/front-http; berth probe snat/outgoing',
    },
    { does: 'All that a VPC has outside', line: 'berth probe vpc/vpc1' },
    {
      does: 'Whatever answers for an address, by every port that is forwarded',
      line: 'berth probe 10.9.101.9',
    },
    {
      does: 'After both gateway nodes died',
      line: 'berth lab fail host:vnode-103-177,host:vnode-117-46; berth probe fip/web',
    },
  ],
  exits: {
    0: 'reachable, by all ways that are tried',
    1: 'not reachable, or seen with another address',
    2: 'could not tell, or not all of it could be tried',
    64: 'there is no such target, or the command line is wrong',
  },
  load: () => import('../action/probe.ts'),
};
