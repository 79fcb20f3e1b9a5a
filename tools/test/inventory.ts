import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** What a test run could leave on the machine, each by a key that is never used twice and a line for people. */
export type Inventory = ReadonlyMap<string, string>;

type Process = {
  readonly pid: number;
  readonly key: string;
  readonly name: string;
  readonly line: string;
  readonly run: string | undefined;
};

/** The environment variable that marks every process a test run starts, with the run's own value. */
export const runMark = 'BERTH_TEST_RUN';

const daemon = /^(ovs-vswitchd|ovsdb-server|ovn-)/;

/** What to look for. */
export type Search = {
  /** The value of the run's mark. */
  readonly run: string;
  /** Folders whose every entry counts; one that is not there holds none. */
  readonly folders: readonly string[];
  /** Nothing else works on this machine: daemons and namespaces without any mark count as well. */
  readonly alone: boolean;
};

/**
 * Takes stock: marked processes, Open vSwitch and OVN daemons, network namespaces and the entries of folders. What
 * belongs to another marked run, or to another user so that it cannot be read, is left out.
 */
export function takeInventory({ run, folders, alone }: Search): Inventory {
  const found = new Map<string, string>();
  for (const process of processes()) {
    if (process.run !== run && (process.run !== undefined || !alone)) continue;
    if (daemon.test(process.name) || process.run === run) found.set(process.key, `process ${process.line}`);
    const namespace = networkNamespace(process.pid);
    if (namespace !== undefined && !found.has(namespace)) {
      found.set(namespace, `network namespace ${namespace}, held by ${process.line}`);
    }
  }
  for (const folder of folders) {
    for (const name of entries(folder)) found.set(join(folder, name), join(folder, name));
  }
  return found;
}

/** What is there after and was not before, in order. */
export function leftBehind(before: Inventory, after: Inventory): readonly string[] {
  return [...after]
    .filter(([key]) => !before.has(key))
    .map(([, line]) => line)
    .toSorted();
}

function entries(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function* processes(): Generator<Process> {
  for (const pid of entries('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)) {
    if (pid === process.pid) continue;
    try {
      const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
      // The words after the name, which is in parentheses and may hold anything: state, parent, ..., start time.
      const startTime = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19];
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      const run = environment.find((entry) => entry.startsWith(`${runMark}=`))?.slice(runMark.length + 1);
      yield { pid, key: `${pid}@${startTime}`, name, line: `${pid} ${(command || name).slice(0, 120)}`, run };
    } catch {
      // It ended meanwhile, or belongs to someone else.
    }
  }
}

function networkNamespace(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined;
  }
}
