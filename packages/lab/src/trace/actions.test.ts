import { expect, test } from 'vitest';
import { effectsOf, readActions } from './actions.ts';
import type { Fields } from './fields.ts';

const frame: Fields = { protocol: 'icmp', dl_src: 'a6:00:00:00:00:01', nw_dst: '10.9.101.60' };

const effects = (text: string) => effectsOf(readActions(text), frame);

test('actions are split where no parentheses are open', () => {
  expect(readActions('ct_clear,set(eth(src=a,dst=b)),7')).toEqual([
    { word: 'ct_clear', args: '' },
    { word: 'set', args: 'eth(src=a,dst=b)' },
    { word: '7', args: '' },
  ]);
});

test('what is done to a copy leaves the frame as it was', () => {
  const { outputs } = effects('clone(set(ipv4(dst=10.0.0.1)),3),4');
  expect(outputs.map(({ port, frame: { nw_dst: to } }) => [port, to])).toEqual([
    [3, '10.0.0.1'],
    [4, '10.9.101.60'],
  ]);
});

test('a tunnelled frame says where it goes, and the logical ports that OVN wrote on it', () => {
  const { outputs } = effects(
    'tnl_push(tnl_port(4),header(size=58,type=5,eth(dst=4a:33:43:2d:88:48,src=fa:4d:13:8a:3a:47,dl_type=0x0800),ipv4(src=198.19.0.12,dst=198.19.0.11,proto=17,tos=0,ttl=64,frag=0x4000),udp(src=0,dst=6081,csum=0xffff),geneve(crit,vni=0x1,options({class=0x102,type=0x80,len=4,0x90007}))),out_port(3)),2',
  );
  expect(outputs).toEqual([
    { port: 2, frame, tunnel: { to: '198.19.0.11', id: '0x1', metadata: '0x90007' } },
  ]);
});

test('tags are pushed and popped', () => {
  const { outputs } = effects('push_vlan(vid=100,pcp=0),5,pop_vlan,6');
  expect(outputs.map(({ frame: { dl_vlan: tag } }) => tag)).toEqual(['100', undefined]);
});

test('a small packet takes the way of small packets', () => {
  expect(effects('check_pkt_len(size=1414,gt(drop),le(5))').outputs).toMatchObject([{ port: 5 }]);
});

test('conntrack is asked for what it knows, or told what to do', () => {
  expect(effects('ct(zone=4,nat),recirc(0x1)').trackings).toEqual([{ zone: '4', isCommit: false, nat: '' }]);
  expect(effects('ct(commit,zone=4,mark=0x2/0x2,nat(dst=192.168.1.14:80)),recirc(0x2)').trackings).toEqual([
    { zone: '4', isCommit: true, nat: 'dst=192.168.1.14:80' },
  ]);
  expect(effects('ct(commit,zone=4)').trackings).toEqual([{ zone: '4', isCommit: true, nat: undefined }]);
});

test('what nobody here understands is said, and so is a value of which a part is set', () => {
  expect(effects('lb_output(1)').unread).toEqual(['lb_output']);
  expect(effects('set(ipv4(dst=10.0.0.1/255.0.0.0))').unread).toEqual(['set(ipv4(dst=10.0.0.1/255.0.0.0))']);
});
