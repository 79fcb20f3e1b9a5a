import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { controllerUser, type Field } from './field.ts';

const program = join(import.meta.dirname, '../../../bin/berth-controller');

/** The controller as users run it, a process of its own. */
export type Program = AsyncDisposable & {
  /** How long it took from its start to the end of its first pass, in ms. */
  readonly firstPassMs: number;
  /** The sum of a metric over its labels. */
  metric(name: string): Promise<number>;
  /** Resident memory now, and the most there was, in MiB. */
  memory(): Promise<{ readonly nowMiB: number; readonly mostMiB: number }>;
};

/** The limit that the chart gives the controller, in MiB. */
export const memoryLimitMiB = 1_024;

/** In a container Node gives half of the memory limit to its old objects by itself; here there is no limit to see. */
const heapOption = `--max-old-space-size=${memoryLimitMiB / 2}`;

/** Starts it and waits for its first pass. What it cannot do it says on standard error. */
export async function startProgram({ kube, bench }: Field): Promise<Program> {
  const startMs = performance.now();
  const words = [
    ...['--kubeconfig', kube.kubeconfig(controllerUser), '--nb', bench.nb.remote, '--sb', bench.sb.remote],
    ...['--listen', '127.0.0.1:0', '--external-gateway-switch', 'external0', '--log-level', 'info'],
  ];
  const child = spawn('setpriv', ['--pdeathsig=KILL', program, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} ${heapOption}` },
  });
  const url = await urlOf(child);
  const metric = async (name: string): Promise<number> =>
    sumOf(await (await fetch(`${url}/metrics`)).text(), name);
  while ((await metric('berth_reconcile_duration_seconds_count')) === 0) await sleep(20);
  return {
    firstPassMs: performance.now() - startMs,
    metric,
    memory: () => memoryOf(child.pid ?? 0),
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

/** Where it serves its metrics; faults that it logs are shown. */
async function urlOf(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  child.once('exit', (code) => reject(new Error(`berth-controller ended with ${code}`)));
  if (child.stdout === null) throw new Error('it has no standard output');
  createInterface({ input: child.stdout }).on('line', (line) => {
    const said = JSON.parse(line);
    if (typeof said.url === 'string') resolve(said.url);
    if (said.level >= 50) console.error(`  berth-controller: ${line}`);
  });
  return await promise;
}

function sumOf(text: string, name: string): number {
  const values = text.split('\n').flatMap((line) => {
    const [series = '', value = ''] = line.split(' ');
    return series === name || series.startsWith(`${name}{`) ? [Number(value)] : [];
  });
  return values.reduce((sum, each) => sum + each, 0);
}

/** `VmRSS` and `VmHWM` of proc_pid_status(5). */
async function memoryOf(pid: number) {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  const mebibytes = (field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) / 1_024;
  return { nowMiB: mebibytes('VmRSS'), mostMiB: mebibytes('VmHWM') };
}
