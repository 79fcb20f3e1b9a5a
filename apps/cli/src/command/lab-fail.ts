import type { CommandSpec } from '../tree/spec.ts';

export const labFail: CommandSpec = {
  name: 'fail',
  words: [{ syntax: '<failures>', does: 'what to break, with commas between: host:N, uplink:N, tunnel:A-B, …' }],
  summary: 'Break parts of a lab, all at once',
  description: `Break parts of a lab, all at once. What is broken stays so until berth lab heal.

  host:N                  the node is dead            notready:N         its kubelet only
  uplink:N[/NET]          its external NIC is down    control:N          it is cut from NB, SB and API
  mapping:N[/NET]         no bridge mapping           agent:N            its agent is stopped
  tunnel:N  tunnel:A-B    its overlay NIC; one pair   upstream:NET       the whole external network
  vswitchd:N              killed                      pod:NS/NAME        one workload
  ovn-controller:N        killed                      nb sb northd       one of the central daemons
  ovn-controller-exit:N   stopped gracefully          central            these three
  zombie:N                vswitchd without it         berth-controller   berth run`,
  options: ['lab'],
  examples: [
    { does: 'Both gateway nodes die', line: 'berth lab fail host:vnode-103-177,host:vnode-117-46' },
    { does: 'A node loses its uplink', line: 'berth lab fail uplink:vnode-103-177' },
    { does: 'Two nodes do not reach each other', line: 'berth lab fail tunnel:vnode-103-176-vnode-103-177' },
  ],
  exits: { 0: 'broken', 2: 'could not be broken' },
  load: () => import('../action/lab-fail.ts'),
};
