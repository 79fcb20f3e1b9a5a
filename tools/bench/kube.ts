// node --conditions=berth-source tools/bench/kube.ts
//   [--singles 100] [--burst 1000] [--many 10000] [--events 10000] [--agents 100] [--seconds 20]
// Without the slow part, with many alone, or with agents alone: --many 0, --burst 0 --agents 3 --seconds 0, --burst 0 --many 0.
// The controller as users run it, a real kube-apiserver and a real ovsdb-server, in one run: how long a floating IP takes,
// what it costs both, and what many of them cost. Writes are counted by the API server's audit log and by NB's file.
import { parseArgs } from 'node:util';
import { verdict } from './contest.ts';
import { churn } from './kube/churn.ts';
import { clone } from './kube/clone.ts';
import { type CommitWatch, watchCommits } from './kube/commit-watch.ts';
import { controllerUser, type Field, openField } from './kube/field.ts';
import { FloatingIps } from './kube/floating-ips.ts';
import { runAgents } from './kube/heartbeats.ts';
import { startLeast } from './kube/least.ts';
import { largestOrder } from './kube/order-size.ts';
import { memoryLimitMiB, type Program, startProgram } from './kube/program.ts';
import { type ReadyWatch, watchReady } from './kube/ready.ts';
import { atRest, since, type Tally, tallyOf } from './kube/tally.ts';

const text = (value: string) => ({ type: 'string', default: value }) as const;
const { values } = parseArgs({
  options: {
    ...{ burst: text('1000'), many: text('10000'), agents: text('100') },
    ...{ singles: text('100'), events: text('10000'), seconds: text('20') },
  },
});
const [agents, singles] = [Number(values.agents), Number(values.singles)];

/**
 * Writes that a floating IP with an EIP cannot do without: before its row the EIP's address with a finalizer, and the
 * floating IP's finalizer; after it the status of both, which is a write of its own.
 */
const leastWrites = 4;

/** What all agents together are to cost the API server at most, in writes a second. */
const mostBeats = 50;

const say = (line: string): void => console.log(line);
const passesOf = (program: Program): Promise<number> =>
  program.metric('berth_reconcile_duration_seconds_count');

function timed(name: string, times: readonly number[]): number {
  const sorted = times.toSorted((left, right) => left - right);
  const at = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
  say(`${name.padEnd(58)} p50 ${at(0.5).toFixed(0)} ms, p99 ${at(0.99).toFixed(0)} ms of ${times.length}`);
  return at(0.5);
}

/** Creates them as fast as the API server takes them, until there are so many and all are ready. */
async function fill(
  { field, ready, all }: { readonly field: Field; readonly ready: ReadyWatch; readonly all: FloatingIps },
  program: Program,
  to: number,
): Promise<void> {
  const count = to - all.count;
  if (count <= 0) return;
  const [before, passesBefore] = [await tallyOf(field, controllerUser), await passesOf(program)];
  const startMs = performance.now();
  const seconds = (): string => `${((performance.now() - startMs) / 1_000).toFixed(1)} s`;
  await all.createMany(count);
  const created = seconds();
  await ready.count(to);
  say(`${count} floating IPs with an EIP each: created in ${created}, all ready after ${seconds()}`);
  const { apiWrites, events, nbTransactions } = since(before, await atRest(field, controllerUser));
  const each = (number: number): string => (number / count).toFixed(2);
  say(
    `  for each ${each(apiWrites)} API writes (at least ${leastWrites}) and ${each(events)} events; ${nbTransactions} NB transactions in ${(await passesOf(program)) - passesBefore} passes`,
  );
  say(verdict('  API writes / the least there can be', apiWrites / count / leastWrites, 2));
  say(verdict('  NB transactions / one for each', nbTransactions / count, 0.05));
}

function nothing(what: string, { apiWrites, events, nbTransactions }: Tally): void {
  say(verdict(`${what}: API writes and events`, apiWrites + events, 0));
  say(verdict(`${what}: NB transactions`, nbTransactions, 0));
}

async function unrelated(field: Field, program: Program, all: FloatingIps, events: number): Promise<void> {
  const [before, passesBefore] = [await atRest(field, controllerUser), await passesOf(program)];
  const startMs = performance.now();
  await churn(field.api, events, all.names);
  const took = ((performance.now() - startMs) / 1_000).toFixed(1);
  const done = since(before, await atRest(field, controllerUser));
  say(`${events} unrelated changes in ${took} s: ${(await passesOf(program)) - passesBefore} passes`);
  nothing(`  ${events} unrelated changes`, done);
}

/** Times of the least that there can be. */
async function least(field: Field, commits: CommitWatch): Promise<readonly number[]> {
  await using _controller = await startLeast(field);
  return await new FloatingIps(field).oneByOne(commits, singles, () => Promise.resolve());
}

/** A controller that finds very many stored, and NB without their rows. */
async function manyOfThem(field: Field, commits: CommitWatch, ready: ReadyWatch): Promise<void> {
  const before = await tallyOf(field, controllerUser);
  await using program = await startProgram(field);
  const done = since(before, await atRest(field, controllerUser));
  say(
    `${all.count} floating IPs that are stored, and NB without most of their rows: ${(program.firstPassMs / 1_000).toFixed(1)} s, ${done.nbTransactions} NB transactions, ${done.apiWrites} API writes`,
  );
  const among = await all.oneByOne(commits, Math.ceil(singles / 4), ready.one);
  say(verdict('  p50 / the least', timed(`one among ${all.count}, until NB has it`, among) / leastMs, 5));
  const { addresses, kibibytes } = await largestOrder(field.api);
  say(`the largest NodeOrder: ${kibibytes.toFixed(0)} KiB for ${addresses} addresses`);
  say(verdict('  its size / what etcd takes', kibibytes / 1_536, 0.65));
  await unrelated(field, program, all, Number(values.events));
  memory(`${all.count} floating IPs after all this`, await program.memory());
}

async function restart(field: Field): Promise<void> {
  const before = await tallyOf(field, controllerUser);
  await using program = await startProgram(field);
  const done = since(before, await atRest(field, controllerUser));
  say(
    `restart with ${all.count}: first pass over ${(program.firstPassMs / 1_000).toFixed(1)} s after the start; ${done.orders} NodeOrders, which carry the epoch`,
  );
  // One transaction raises the epoch, which is what keeps the controller before from writing.
  nothing('  restart, beside the epoch', { ...done, nbTransactions: done.nbTransactions - 1 });
  memory('  after it', await program.memory());
  if (Number(values.seconds) === 0) return;
  const beats = await runAgents(field, agents, Number(values.seconds));
  const kibibytes = (bytes: number): string => `${(bytes / 1_024).toFixed(1)} KiB`;
  say(
    `${agents} agents, a sign of life each ${beats.heartbeatMs} ms: ${beats.writesPerSecond.toFixed(1)} writes a second; for each ${kibibytes(beats.bytesSent)} to the API server and ${kibibytes(beats.bytesReceived)} back`,
  );
  say(verdict('  writes a second / what all agents may', beats.writesPerSecond / mostBeats, 1));
}

function memory(
  when: string,
  { nowMiB, mostMiB }: { readonly nowMiB: number; readonly mostMiB: number },
): void {
  say(`${when}: resident memory ${nowMiB.toFixed(0)} MiB, at most ${mostMiB.toFixed(0)} MiB`);
  say(verdict("  at most / the chart's limit", mostMiB / memoryLimitMiB, 1));
}

await using field = await openField(agents);
await using commits = await watchCommits(field.bench.nb.remote);
const leastMs = timed('the least a controller can do for a floating IP', await least(field, commits));
await using ready = await watchReady(field.api);
const all = new FloatingIps(field);
{
  await using program = await startProgram(field);
  await atRest(field, controllerUser);
  const few = timed('one floating IP, until NB has it', await all.oneByOne(commits, singles, ready.one));
  say(verdict('  p50 / the least', few / leastMs, 5));
  await fill({ field, ready, all }, program, all.count + Number(values.burst));
}
if (all.count < Number(values.many)) {
  await clone(field, 'web-0', all.take(Number(values.many) - all.count));
  await manyOfThem(field, commits, ready);
}
await restart(field);
