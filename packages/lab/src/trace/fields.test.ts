import { expect, test } from 'vitest';
import { addressesOf, answerTo, frameOf, readFields, withAddresses, writeFields } from './fields.ts';

const printed =
  'recirc_id=0x2,ct_state=new|trk,ct_zone=10,eth,icmp6,reg0=0x600,in_port=8,vlan_tci=0x0000,dl_src=a6:00:00:00:00:01,dl_dst=0e:00:00:00:00:01,ipv6_src=fd00::1,ipv6_dst=fd00::2,ipv6_label=0x00000,nw_tos=0,nw_ttl=63,nw_frag=no,icmp_type=128,icmp_code=0';

test('a frame carries none of what a switch thinks about it', () => {
  expect(frameOf(readFields(printed))).toEqual({
    ...{ protocol: 'icmp6', dl_src: 'a6:00:00:00:00:01', dl_dst: '0e:00:00:00:00:01' },
    ...{ ipv6_src: 'fd00::1', ipv6_dst: 'fd00::2', nw_ttl: '63', icmp_type: '128', icmp_code: '0' },
  });
});

test('ofproto/trace takes each field after what it depends on, and ICMPv6 by names of its own', () => {
  expect(writeFields(readFields(printed))).toBe(
    'icmp6,dl_src=a6:00:00:00:00:01,dl_dst=0e:00:00:00:00:01,ipv6_src=fd00::1,ipv6_dst=fd00::2,nw_ttl=63,icmpv6_type=128,icmpv6_code=0',
  );
});

test('an answer goes back from whom was asked, to the next hop that was found', () => {
  const answer = answerTo(readFields(printed), '0c:00:00:00:00:01');
  expect(addressesOf(answer)).toEqual({ src: 'fd00::2', dst: 'fd00::1' });
  expect(answer).toMatchObject({
    dl_src: '0e:00:00:00:00:01',
    dl_dst: '0c:00:00:00:00:01',
    icmp_type: '129',
  });
  const tcp = readFields('tcp,nw_src=10.0.0.1,nw_dst=10.0.0.2,tp_src=33000,tp_dst=80');
  expect(answerTo(tcp, '')).toMatchObject({ tp_src: '80', tp_dst: '33000', nw_dst: '10.0.0.1' });
});

test('addresses are replaced in the family that each has', () => {
  expect(withAddresses({ nw_src: '10.0.0.1', nw_dst: '10.0.0.2' }, { dst: '10.0.0.3' })).toEqual({
    nw_src: '10.0.0.1',
    nw_dst: '10.0.0.3',
  });
});
