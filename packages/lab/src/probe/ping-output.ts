import { parseIp } from '@berth/net';
import type { Answer } from './outcome.ts';

/** `[1700000000.123456] 64 bytes from 10.0.0.1: icmp_seq=5 ttl=63 time=0.512 ms`, with or without `(DUP!)` (ping(8), -D). */
const answerLine = /^\[(\d+\.\d+)\] \d+ bytes from (\S+?):? .*?icmp_seq=(\d+) .*time=([\d.]+) ms/;

/** `20 packets transmitted, 18 received, …` */
const summaryLine = /^(\d+) packets transmitted/;

/** `ping: connect: Network is unreachable`: what the place that pings says of its own routes and addresses. */
const noRouteLine = /^ping: connect: (.+)$/m;

/** Why ping(8) sent nothing, by what it wrote to its standard error, where that is for want of a route. */
export function unsentReason(stderr: string): string | undefined {
  return noRouteLine.exec(stderr)?.[1]?.trim();
}

/**
 * What one run of ping(8) to an address printed. An answer of another address is none. Sequence numbers go on from 65535 to 0; a run that
 * long is taken as it comes.
 */
export function readPing(
  output: string,
  to: string,
): { readonly answers: readonly Answer[]; readonly strangers: readonly string[]; readonly sent: number } {
  const strangers = new Set<string>();
  const asked = parseIp(to);
  const answers: Answer[] = [];
  let sent = 0;
  let last = 0;
  let turns = 0;
  let previous = 0;
  for (const line of output.split('\n')) {
    const answer = answerLine.exec(line);
    if (answer !== null) {
      const [, receivedAt, from = '', sequence, timeMs] = answer;
      if (previous - Number(sequence) > 32_768) turns += 1;
      previous = Number(sequence);
      const number = turns * 65_536 + previous;
      last = Math.max(last, number);
      const address = parseIp(from.split('%')[0] ?? '');
      if (asked !== undefined && address !== undefined && address !== asked) strangers.add(address);
      else answers.push({ sequence: number, sentMs: Number(receivedAt) * 1000 - Number(timeMs) });
    }
    sent = Number(summaryLine.exec(line)?.[1] ?? sent);
  }
  return { answers, strangers: [...strangers], sent: Math.max(sent, last) };
}
