import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { LabFault } from '../fault.ts';
import { makeDirectory } from '../registry/entry.ts';
import type { ProcessIdentity } from '../registry/process.ts';
import { plainBash } from '../script/bash.ts';
import { firstProcess, starter } from '../script/init.ts';
import { fullPath } from './preflight.ts';

/** A lab's first process, which ends when `lifeline` does, until it is told `ready`. */
export type FirstProcess = {
  readonly init: ProcessIdentity;
  /** Says that the lab is ready. A lab that is not attached lives on from here. */
  ready(): void;
  /** Lets go of a lab that is not to be. */
  abandon(): void;
};

const locked = 75;
const replaced = 76;

/** Starts the first process of a lab, in a session and namespaces of its own, and waits until its namespaces are there. */
export async function startFirstProcess(
  name: string,
  directory: string,
  options: { readonly attached: boolean; readonly rootless: boolean },
): Promise<FirstProcess> {
  for (let tries = 0; tries < 5; tries += 1) {
    makeDirectory(directory);
    const started = await tryStart(directory, options);
    if (started.kind === 'started') return started.process;
    if (started.exitCode === locked) {
      throw new LabFault(
        'lab-exists',
        `lab ${name} is running, starting or ending`,
        `use it, end it first (berth lab down --lab ${name}), or give the new one another name with --lab`,
      );
    }
    if (started.exitCode !== replaced) throw startFault(directory, started.exitCode);
  }
  throw startFault(directory, replaced);
}

type Started =
  | { readonly kind: 'started'; readonly process: FirstProcess }
  | { readonly kind: 'ended'; readonly exitCode: number };

function tryStart(
  directory: string,
  { attached, rootless }: { readonly attached: boolean; readonly rootless: boolean },
): Promise<Started> {
  const mode = attached ? 'attached' : 'free';
  const user = rootless ? ['--user', '--map-root-user'] : [];
  const [bash, ...quietly] = plainBash;
  const child = spawn(
    bash,
    [...quietly, '-c', starter, 'berth-lab', directory, firstProcess, mode, ...user],
    {
      cwd: '/',
      // A session of its own: the terminal's hangup is not the lab's.
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, PATH: fullPath(process.env['PATH']), LC_ALL: 'C' },
    },
  );
  const { promise, resolve, reject } = Promise.withResolvers<Started>();
  child.on('error', reject);
  child.on('exit', (code) => resolve({ kind: 'ended', exitCode: code ?? 1 }));
  child.stdin.on('error', () => {});
  child.stdout.setEncoding('utf8').once('data', (line: string) => {
    const [pid, startTime] = line.trim().split(' ');
    if (startTime === undefined) return;
    child.stdout.destroy();
    child.unref();
    const init = { pid: Number(pid), startTime };
    resolve({
      kind: 'started',
      process: {
        init,
        ready: () => finish(child.stdin, attached),
        abandon: () => {
          child.stdin.destroy();
        },
      },
    });
  });
  return promise;
}

/** An attached lab keeps the pipe: it closes when this process ends, however it ends. */
function finish(lifeline: Writable, attached: boolean): void {
  if (attached) lifeline.write('ready\n');
  else lifeline.end('ready\n');
}

function startFault(directory: string, exitCode: number): LabFault {
  let said = '';
  try {
    said = readFileSync(join(directory, 'init.log'), 'utf8').trim();
  } catch {
    // It ended before it could write a log.
  }
  return new LabFault(
    'lab-start-failed',
    `the namespaces of the lab could not be made: ${said || `exit code ${exitCode}`}`,
    'run as root, or allow unprivileged user namespaces (on Ubuntu: sysctl kernel.apparmor_restrict_unprivileged_userns=0)',
  );
}
