import { LabFault } from '../fault.ts';
import type { Lab } from '../lab/lab.ts';
import { plainBash } from '../script/bash.ts';
import { type PingResult, pingResult } from './outcome.ts';
import { readPing, unsentReason } from './ping-output.ts';

export type PingOptions = {
  /** Where the requests come from: a node, `outside`, a pod as `ns/name`. */
  readonly from: string;
  /** An IPv4 or IPv6 address. */
  readonly to: string;
  /** Milliseconds between requests, 2 or more; 50 when absent. */
  readonly intervalMs?: number;
  /** Source address or NIC. */
  readonly source?: string;
  /** What every request carries, 16 bytes in hexadecimal. */
  readonly mark?: string;
};

/** Pings on until they are stopped. */
export type Pinging = {
  /** Ends it and adds up. Of the last 100 ms, requests that were not answered yet are under way and do not count. */
  stop(): Promise<PingResult>;
};

/** Kept apart from one run to the next: OVS's userspace conntrack lets packets of a reused ICMP id out untranslated. */
let lastId = process.pid % 60_000;

type CountedPing = PingOptions & { readonly count: number; readonly signal?: AbortSignal };

/**
 * Sends `count` echo requests and waits up to a second for the last answer. No answer is a result, not a fault; `LabFault`
 * `lab-script-failed` means that ping could not run.
 */
export async function ping(lab: Lab, options: CountedPing): Promise<PingResult> {
  const { result } = await answeredPing(lab, options);
  return result;
}

/** {@link ping}, with the numbers of the requests that were answered, counted from 1. */
export async function answeredPing(
  lab: Lab,
  options: CountedPing,
): Promise<{ readonly result: PingResult; readonly answered: ReadonlySet<number> }> {
  const { count, signal, intervalMs = 50, to, from } = options;
  const argv = pingCommand(options, ['-c', String(count), '-W', '1']);
  const ended = await lab.exec(from, argv, signal === undefined ? {} : { signal });
  const { answers } = readPing(ended.stdout, to);
  return {
    result: resultOf({ ...ended, to }, intervalMs, count),
    answered: new Set(answers.map(({ sequence }) => sequence)),
  };
}

/**
 * Starts pinging, to measure an outage while something fails. It resolves when the first request has left. A run keeps one
 * ICMP id: after an outage of more than 30 s, start another.
 */
export async function startPinging(lab: Lab, options: PingOptions): Promise<Pinging> {
  const { intervalMs = 50 } = options;
  // Its end is the end of standard input, so that it can be told from outside its PID namespace.
  const wrapper = '"$@" & ping=$!; read -r _; kill -INT $ping; wait $ping';
  const argv = [...plainBash, '-c', wrapper, 'pinging', ...pingCommand(options, [])];
  const child = lab.spawn(options.from, argv);
  let stdout = '';
  let stderr = '';
  const started = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<number>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    started.resolve();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => {});
  child.on('error', closed.reject);
  child.on('close', (code) => closed.resolve(code ?? 1));
  await Promise.race([started.promise, closed.promise]);
  return {
    async stop() {
      child.stdin.end();
      const exitCode = await closed.promise;
      const ended = { stdout, stderr, exitCode, to: options.to };
      return resultOf(ended, intervalMs, 0, Math.ceil(underWayMs / intervalMs));
    },
  };
}

function pingCommand(options: PingOptions, more: readonly string[]): string[] {
  const { to, intervalMs = 50, source, mark } = options;
  lastId = (lastId % 65_000) + 1;
  const from = source === undefined ? [] : ['-I', source];
  // A line buffer, or the first line would come with the last.
  return [
    ...['stdbuf', '-oL', 'ping', '-n', '-D', '-O', '-e', String(lastId), '-i', String(intervalMs / 1000)],
    ...from,
    ...(mark === undefined ? [] : ['-p', mark]),
    ...more,
    to,
  ];
}

/** How long an answer may take before its request counts as lost when pinging is ended. */
const underWayMs = 100;

/** A run of ping(8) to an address that is over. */
type Ended = {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  readonly to: string;
};

/** ping(8) exits with 0 when something answered, 1 when nothing did, 2 when it could not run. */
function resultOf(
  { stdout, stderr, exitCode, to }: Ended,
  intervalMs: number,
  count: number,
  underWay = 0,
): PingResult {
  const { answers, strangers, sent } = readPing(stdout, to);
  const unsent = sent === 0 ? unsentReason(stderr) : undefined;
  const unreachable = unsent !== undefined || /unreachable/i.test(stderr);
  if (exitCode > 1 && answers.length === 0 && sent === 0 && !unreachable) {
    throw new LabFault(
      'lab-script-failed',
      `ping: ${stderr.trim() || `exit code ${exitCode}`}`,
      'check the address',
    );
  }
  const answered = Math.max(0, ...answers.map(({ sequence }) => sequence));
  const due = sent - answered > underWay ? sent : answered;
  const result = pingResult(answers, Math.max(due, unreachable ? count : 0), intervalMs, strangers);
  return unsent === undefined ? result : { ...result, unsent };
}
