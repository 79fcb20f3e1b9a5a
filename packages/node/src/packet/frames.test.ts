import { type Ip, type Mac, parseIp, parseMac } from '@berth/net';
import { expect, test } from 'vitest';
import { arpAnswer } from './arp.ts';
import { readEthernet } from './ethernet.ts';
import { announcementFrame, probeFrame } from './frames.ts';
import { linkLocal, neighborAnswer } from './neighbor-discovery.ts';

const mac: Mac = parseMac('02:00:00:00:00:aa') ?? expect.fail();
const ip = (text: string): Ip => parseIp(text) ?? expect.fail(text);
const hex = (frame: Uint8Array): string => Buffer.from(frame).toString('hex');
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

test('an ARP question says nothing of who asks, and carries the tag', () => {
  expect(hex(probeFrame({ mac, target: ip('10.9.101.1'), vlanId: 7 }))).toBe(
    'ffffffffffff0200000000aa81000007' +
      '0806000108000604000102' +
      '00000000aa00000000' +
      '0000000000000a096501'.padEnd(48, '0'),
  );
});

test('an ARP announcement is a question for itself', () => {
  expect(hex(announcementFrame({ mac, ip: ip('10.9.101.9'), vlanId: 0 }))).toBe(
    'ffffffffffff0200000000aa' +
      '08060001080006040001' +
      '0200000000aa0a096509' +
      '0000000000000a096509'.padEnd(56, '0'),
  );
});

test('the link-local address of a MAC address', () => {
  expect(linkLocal(mac)).toBe('fe80::ff:fe00:aa');
});

/** The sum over pseudo-header and message, its checksum included: all ones when that is right (RFC 1071). */
function sumOf(frame: Uint8Array): number {
  const packet = Buffer.from(frame.subarray(14));
  const length = packet.readUInt16BE(4);
  const summed = Buffer.concat([
    packet.subarray(8, 40),
    Buffer.from([0, 0, length >> 8, length & 0xff, 0, 0, 0, 58]),
    packet.subarray(40, 40 + length),
  ]);
  let sum = 0;
  for (let at = 0; at < summed.length; at += 2) sum += summed.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}

test('an ND question goes to the group of its target, from an address that only the probe has', () => {
  const frame = probeFrame({ mac, target: ip('2001:db8::1:2:3'), vlanId: 0 });
  expect(hex(frame.subarray(0, 12))).toBe('3333ff0200030200000000aa'.replace('ff02', 'ff02'));
  expect(hex(frame.subarray(38, 54))).toBe('ff0200000000000000000001ff020003');
  expect(hex(frame.subarray(22, 38))).toBe('fe8000000000000000 00 00 ff fe 00 00 aa'.replaceAll(' ', ''));
  expect(frame[54]).toBe(135);
  expect(sumOf(frame)).toBe(0xffff);
});

test('an ND announcement overrides what all nodes knew', () => {
  const frame = announcementFrame({ mac, ip: ip('2001:db8::9'), vlanId: 0 });
  expect(hex(frame.subarray(0, 12))).toBe('3333000000010200000000aa');
  expect([frame[54], frame[58]]).toEqual([136, 0x20]);
  expect(hex(frame.subarray(78, 86))).toBe('02010200000000aa');
  expect(sumOf(frame)).toBe(0xffff);
  const read = readEthernet(frame);
  expect(read && neighborAnswer(read)).toBe('2001:db8::9');
});

test('an answer is read with or without a tag, a question is none', () => {
  const reply = (tag: string, operation: string) =>
    readEthernet(
      bytes(
        `0200000000aa 0a0000000001 ${tag} 0806 0001 0800 06 04 ${operation} 0a0000000001 0a096501 0200000000aa 00000000`,
      ),
    ) ?? expect.fail();
  expect(arpAnswer(reply('', '0002'))).toBe('10.9.101.1');
  expect(arpAnswer(reply('81002007', '0002'))).toBe('10.9.101.1');
  expect(reply('81002007', '0002').vlanId).toBe(7);
  expect(arpAnswer(reply('', '0001'))).toBeUndefined();
});

test('what is cut short is no frame and no answer', () => {
  expect(readEthernet(bytes('0200'))).toBeUndefined();
  const short = readEthernet(bytes('0200000000aa 0a0000000001 0806 0001'));
  expect(short && arpAnswer(short)).toBeUndefined();
});
