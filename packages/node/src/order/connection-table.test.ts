import { expect, test } from 'vitest';
import { readConnections } from './connection-table.ts';

const listing = `
udp,orig=(src=10.9.101.1,dst=10.9.101.9,sport=4444,dport=5353),reply=(src=192.168.0.4,dst=10.9.101.1,sport=5353,dport=4444),zone=6
tcp,orig=(src=fd00::4,dst=2001:db8:9::1,sport=33276,dport=80),reply=(src=2001:db8:9::1,dst=2001:db8:9::9,sport=80,dport=33276),zone=12,mark=2,protoinfo=(state=TIME_WAIT)
icmp,orig=(src=10.9.101.1,dst=10.9.101.9,id=219,type=8,code=0),reply=(src=192.168.0.4,dst=10.9.101.1,id=219,type=0,code=0)
`;

test('connections are named in full, with their zone', () => {
  expect(readConnections(listing)).toEqual([
    {
      zone: 6,
      to: '10.9.101.9',
      backTo: '10.9.101.1',
      tuple: 'ct_nw_src=10.9.101.1,ct_nw_dst=10.9.101.9,ct_nw_proto=17,ct_tp_src=4444,ct_tp_dst=5353',
    },
    {
      zone: 12,
      to: '2001:db8:9::1',
      backTo: '2001:db8:9::9',
      tuple: 'ct_ipv6_src=fd00::4,ct_ipv6_dst=2001:db8:9::1,ct_nw_proto=6,ct_tp_src=33276,ct_tp_dst=80',
    },
    {
      zone: 0,
      to: '10.9.101.9',
      backTo: '10.9.101.1',
      tuple: 'ct_nw_src=10.9.101.1,ct_nw_dst=10.9.101.9,ct_nw_proto=1,icmp_id=219,icmp_type=8,icmp_code=0',
    },
  ]);
});

test.each([
  // ovs-vswitchd 3.1.0 ends itself when it is told to end one of these.
  'icmpv6,orig=(src=fd00::1,dst=fd00::9,id=1,type=128,code=0),reply=(src=fd00::9,dst=fd00::1,id=1,type=129,code=0),zone=4',
  'gre,orig=(src=10.0.0.1,dst=10.0.0.2),reply=(src=10.0.0.2,dst=10.0.0.1)',
  'udp,orig=(src=10.0.0.1,dst=10.0.0.2,sport=1,dport=2',
  'nothing of the kind',
])('left out: %s', (line) => {
  expect(readConnections(line)).toEqual([]);
});
