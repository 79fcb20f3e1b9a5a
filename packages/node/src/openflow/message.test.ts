import { type Mac, parseMac } from '@berth/net';
import { expect, test } from 'vitest';
import { flowChanges, flowOf, ours } from './flow.ts';
import {
  addFlowBody,
  packetOutBody,
  readFlowStats,
  readPacketIn,
  removeFlowBody,
  reservedPort,
} from './message.ts';

const mac: Mac = parseMac('0a:00:00:00:00:01') ?? expect.fail();
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

test('a flow that drops has a match and no instruction', () => {
  const flow = { cookie: 5n, priority: 50_000, match: { inPort: 3, ethDst: mac, vlanId: 7 }, outputs: [] };
  const match = '0001 001c 80000004 00000003 80000606 0a0000000001 80000c02 1007 00000000';
  expect(hex(addFlowBody(flow)).slice(80)).toBe(match.replaceAll(' ', ''));
});

test('a flow that times out says after how many seconds', () => {
  const flow = { cookie: 5n, priority: 1, match: {}, outputs: [], hardTimeoutSec: 30 };
  expect(hex(addFlowBody(flow)).slice(32, 48)).toBe('0000' + '0000' + '001e' + '0001');
});

test('an untagged frame is one without a tag, not one of any', () => {
  const flow = { cookie: 5n, priority: 1, match: { vlanId: 0 }, outputs: [] };
  expect(hex(addFlowBody(flow)).slice(80)).toBe('0001000a80000c020000'.padEnd(32, '0'));
});

test('a flow that hands over sends whole packets', () => {
  const flow = { cookie: 5n, priority: 1, match: {}, outputs: [reservedPort.controller] };
  expect(hex(addFlowBody(flow)).slice(96)).toBe('0004001800000000' + '00000010fffffffdffff000000000000');
});

test('flows are removed by their whole cookie, in every table', () => {
  expect(hex(removeFlowBody(0x6272746800000001n)).slice(0, 36)).toBe(
    '6272746800000001' + 'ffffffffffffffff' + 'ff03',
  );
});

test('a packet goes out with its port and its actions before it', () => {
  const out = hex(packetOutBody(bytes('0102'), 4, [reservedPort.normal]));
  expect(out).toBe('ffffffff00000004' + '0010000000000000' + '00000010fffffffaffff000000000000' + '0102');
});

test('a packet that is handed over has its port and its bytes', () => {
  const head = 'ffffffff 0040 00 00 0000000000000000';
  const match = '0001 000c 80000004 00000003 00000000';
  const { inPort, frame } = readPacketIn(bytes(`${head} ${match} 0000 aabb`));
  expect([inPort, hex(frame)]).toEqual([3, 'aabb']);
});

test('flows are listed with their cookies and ages', () => {
  const flow = (cookie: string, seconds: string) =>
    `0038 00 00 ${seconds} 00000000 9c40 0000 0000 0000 00000000 ${cookie} 0000000000000000 0000000000000000 00010004 00000000`;
  const body = bytes(
    `0001 0000 00000000 ${flow('6272746800000001', '0000000a')} ${flow('0000000000000002', '00000001')}`,
  );
  expect(readFlowStats(body)).toEqual([
    { cookie: 0x6272746800000001n, durationSec: 10 },
    { cookie: 2n, durationSec: 1 },
  ]);
});

test('equal flows have equal cookies, others do not, and all of them are ours', () => {
  const flow = (inPort: number) => flowOf({ priority: 1, match: { inPort, ethDst: mac }, outputs: [] });
  const same = flowOf({ priority: 1, match: { ethDst: mac, inPort: 3 }, outputs: [] });
  expect(flow(3).cookie).toBe(same.cookie);
  expect(flow(4).cookie).not.toBe(same.cookie);
  expect(same.cookie & ours.mask).toBe(ours.cookie);
});

test('what is missing is added, what is not wanted is removed, the rest stays', () => {
  const [a, b, c] = [1, 2, 3].map((inPort) => flowOf({ priority: 1, match: { inPort }, outputs: [] }));
  const seen = [a, b].flatMap((flow) => (flow ? { cookie: flow.cookie, durationSec: 0 } : []));
  const wanted = [b, c].flatMap((flow) => flow ?? []);
  expect(flowChanges(wanted, seen)).toEqual({ added: [c], removed: [a?.cookie] });
});

test('what would time out is added again long before', () => {
  const flow = flowOf({ priority: 1, match: {}, outputs: [], hardTimeoutSec: 30 });
  const changes = (durationSec: number) => flowChanges([flow], [{ cookie: flow.cookie, durationSec }]);
  expect(changes(9)).toEqual({ added: [], removed: [] });
  expect(changes(10)).toEqual({ added: [flow], removed: [] });
});
