import { describe, expect, it } from 'vitest';
import { pingResult } from './outcome.ts';
import { readPing, unsentReason } from './ping-output.ts';

const at = (sequence: number, sentMs = sequence * 50) => ({ sequence, sentMs });

describe('pingResult', () => {
  it('is without outages when everything came', () => {
    expect(pingResult([at(2), at(1), at(3)], 3, 50)).toEqual({
      sent: 3,
      received: 3,
      lost: 0,
      duplicates: 0,
      longestGapMs: 0,
      outages: [],
      strangers: [],
    });
  });

  it('finds runs of losses: at the start, between, at the end', () => {
    expect(pingResult([at(3), at(4), at(7)], 9, 50).outages).toEqual([
      { fromSequence: 1, toSequence: 2, lost: 2, durationMs: 100 },
      { fromSequence: 5, toSequence: 6, lost: 2, durationMs: 100 },
      { fromSequence: 8, toSequence: 9, lost: 2, durationMs: 100 },
    ]);
  });

  it('measures by the clock, should the sender have stalled', () => {
    const result = pingResult([at(1, 1000), at(3, 1900)], 3, 50);
    expect(result.longestGapMs).toBe(850);
  });

  it('counts second answers apart', () => {
    expect(pingResult([at(1), at(1), at(2)], 2, 50)).toMatchObject({ received: 2, lost: 0, duplicates: 1 });
  });

  it('takes silence as one outage', () => {
    expect(pingResult([], 4, 50).outages).toEqual([
      { fromSequence: 1, toSequence: 4, lost: 4, durationMs: 200 },
    ]);
    expect(pingResult([], 0, 50).outages).toEqual([]);
  });
});

describe('unsentReason', () => {
  it('is what a kernel without a route says, and no other trouble', () => {
    expect(unsentReason('ping: connect: Network is unreachable\n')).toBe('Network is unreachable');
    expect(unsentReason('ping: connect: Invalid argument\n')).toBe('Invalid argument');
    expect(unsentReason('ping: nowhere: Name or service not known\n')).toBeUndefined();
    expect(unsentReason('')).toBeUndefined();
  });
});

describe('readPing', () => {
  it('reads answers, second answers and the number sent', () => {
    const output = `PING 10.9.101.9 (10.9.101.9) 56(84) bytes of data.
[1700000000.500000] 64 bytes from 10.9.101.9: icmp_seq=1 ttl=63 time=0.500 ms
[1700000000.510000] 64 bytes from 10.9.101.9: icmp_seq=1 ttl=63 time=10.5 ms (DUP!)
[1700000000.550000] no answer yet for icmp_seq=2
[1700000000.580000] From 10.9.101.1 icmp_seq=2 Destination Host Unreachable
[1700000000.601000] 64 bytes from 10.9.101.9: icmp_seq=3 ttl=63 time=1.00 ms

--- 10.9.101.9 ping statistics ---
4 packets transmitted, 2 received, +1 duplicates, +1 errors, 50% packet loss, time 150ms
`;
    const { answers, sent } = readPing(output, '10.9.101.9');
    expect(sent).toBe(4);
    expect(answers.map(({ sequence }) => sequence)).toEqual([1, 1, 3]);
    expect(answers.map(({ sentMs }) => Math.round(sentMs) - 1_700_000_000_000)).toEqual([500, 500, 600]);
  });

  it('follows the sequence number around', () => {
    const line = (sequence: number) =>
      `[1.0] 64 bytes from fd00::1: icmp_seq=${sequence} ttl=64 time=0.1 ms\n`;
    const { answers, sent } = readPing([65_535, 0, 1].map(line).join(''), 'fd00::1');
    expect(answers.map(({ sequence }) => sequence)).toEqual([65_535, 65_536, 65_537]);
    expect(sent).toBe(65_537);
  });

  it('reads nothing from nothing', () => {
    expect(readPing('', '10.9.101.9')).toEqual({ answers: [], strangers: [], sent: 0 });
  });

  it('takes an answer of another address for none, and names that address', () => {
    const output = `[1700000000.5] 64 bytes from 192.168.0.7: icmp_seq=1 ttl=63 time=0.5 ms (DIFFERENT ADDRESS!)
[1700000000.6] 64 bytes from 10.9.101.9: icmp_seq=2 ttl=63 time=0.5 ms
[1700000000.7] 64 bytes from 192.168.0.7: icmp_seq=3 ttl=63 time=0.5 ms (DIFFERENT ADDRESS!)
`;
    const { answers, strangers, sent } = readPing(output, '10.9.101.9');
    expect([answers.map(({ sequence }) => sequence), strangers, sent]).toEqual([[2], ['192.168.0.7'], 3]);
  });

  it('knows an IPv6 address however it is written', () => {
    const line = (from: string) => `[1.0] 64 bytes from ${from}: icmp_seq=1 ttl=64 time=0.1 ms\n`;
    expect(readPing(line('fd00::1'), 'fd00:0::0:1').strangers).toEqual([]);
    expect(readPing(line('fd00::2'), 'fd00::1')).toMatchObject({ answers: [], strangers: ['fd00::2'] });
  });
});
