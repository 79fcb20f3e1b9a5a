import type { Answer } from './outcome.ts';

/** `[1700000000.123456] 64 bytes from 10.0.0.1: icmp_seq=5 ttl=63 time=0.512 ms`, with or without `(DUP!)` (ping(8), -D). */
const answerLine = /^\[(\d+\.\d+)\] \d+ bytes from .*icmp_seq=(\d+) .*time=([\d.]+) ms/;

/** `20 packets transmitted, 18 received, …` */
const summaryLine = /^(\d+) packets transmitted/;

/** What one run of ping(8) printed. Sequence numbers go on from 65535 to 0; a run that long is taken as it comes. */
export function readPing(output: string): { readonly answers: readonly Answer[]; readonly sent: number } {
  const answers: Answer[] = [];
  let sent = 0;
  let turns = 0;
  let previous = 0;
  for (const line of output.split('\n')) {
    const answer = answerLine.exec(line);
    if (answer !== null) {
      const [, receivedAt, sequence, timeMs] = answer;
      if (previous - Number(sequence) > 32_768) turns += 1;
      previous = Number(sequence);
      answers.push({
        sequence: turns * 65_536 + previous,
        sentMs: Number(receivedAt) * 1000 - Number(timeMs),
      });
    }
    sent = Number(summaryLine.exec(line)?.[1] ?? sent);
  }
  return { answers, sent: Math.max(sent, ...answers.map(({ sequence }) => sequence)) };
}
