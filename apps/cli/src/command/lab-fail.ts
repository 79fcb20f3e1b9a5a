import { labOptions } from '../tree/options.ts';
import type { CommandSpec } from '../tree/spec.ts';

export const labFail: CommandSpec = {
  name: 'fail',
  words: [
    { syntax: '<failures>', does: 'what to break, with commas between: host:N, uplink:N, tunnel:A-B, …' },
  ],
  summary: 'Break parts of a lab, all at once',
  description: `Break parts of a lab, all at once. What is broken stays so until berth lab heal.

  host:N                 the node is dead, and its member of NB and SB
  uplink:N[/NET]         its external NIC has no carrier
  mapping:N[/NET]        its bridge mapping is missing
  tunnel:N, tunnel:A-B   its overlay NIC is down; one pair is cut
  vswitchd:N             ovs-vswitchd is killed
  ovn-controller:N       ovn-controller is killed
  ovn-controller-exit:N  ovn-controller is stopped gracefully
  zombie:N               vswitchd is restarted without ovn-controller
  notready:N             its kubelet does not report
  control:N              it is cut from NB, SB and API
  agent:N                its agent is stopped
  upstream:NET           the whole external network is down
  pod:NS/NAME            one workload is down
  nb, sb, northd         one of the central daemons is down
  central                these three are
  berth-controller       berth run is stopped`,
  options: [...labOptions],
  examples: [
    { does: 'Both gateway nodes die', line: 'berth lab fail host:vnode-103-177,host:vnode-117-46' },
    { does: 'A node loses its uplink', line: 'berth lab fail uplink:vnode-103-177' },
    { does: 'Two nodes do not reach each other', line: 'berth lab fail tunnel:vnode-103-176-vnode-103-177' },
  ],
  exits: { 0: 'broken', 2: 'could not be broken' },
  load: () => import('../action/lab-fail.ts'),
};
