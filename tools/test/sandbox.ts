import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Inventory, leftBehind, runMark, takeInventory } from './inventory.ts';
import { failure, type StageResult, success } from './result.ts';

export type SandboxOptions = {
  /** How long what the run started may take to be gone after its end. */
  readonly settleMs: number;
  /** Nothing else is at work on this machine, so whatever is new is the run's. */
  readonly alone: boolean;
};

/** Settings by which programs do or print something else, or find another cluster or OVN than that of a test. */
const isOfTheUser = /^(BERTH_|OV[NS]_|KUBECONFIG$|FORCE_COLOR$|NO_COLOR$|CLICOLOR)/;

/**
 * The folders and the environment of one test run, so that it neither meets a lab of yours nor leaves anything: its own
 * TMPDIR, lab registry and state. Names are short because socket paths must stay under 108 bytes.
 */
export class Sandbox {
  readonly scratch: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly #folder: string;
  readonly #run: string;
  readonly #before: Inventory;
  readonly #options: SandboxOptions;

  /** Starts with an inventory. */
  constructor(options: SandboxOptions) {
    this.#options = options;
    this.#folder = mkdtempSync(join(tmpdir(), 'berth-'));
    this.#run = basename(this.#folder);
    this.scratch = this.#make('report', 0o755);
    const inherited = Object.entries(process.env).filter(([name]) => !isOfTheUser.test(name));
    this.env = {
      ...Object.fromEntries(inherited),
      [runMark]: this.#run,
      // A locale that this machine does not have makes every shell complain.
      LC_ALL: 'C.UTF-8',
      TZ: 'UTC',
      PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
      // Tests run parts of themselves as an ordinary user, who must get here too.
      TMPDIR: this.#make('tmp', 0o1777),
      XDG_RUNTIME_DIR: this.#make('run', 0o700),
      XDG_STATE_HOME: this.#make('state', 0o700),
    };
    chmodSync(this.#folder, 0o755);
    this.#before = this.#inventory();
  }

  /** Names everything that the run left on the machine, after giving it a few seconds to go. */
  async leakCheck(): Promise<StageResult> {
    let left: readonly string[] = [];
    for (const deadline = Date.now() + this.#options.settleMs; ; await wait(200)) {
      left = leftBehind(this.#before, this.#inventory());
      if (left.length === 0 || Date.now() > deadline) break;
    }
    if (left.length > 0)
      return failure(`left behind by this run:\n${left.map((line) => `  ${line}\n`).join('')}`);
    rmSync(this.#folder, { recursive: true, force: true });
    return success('');
  }

  #make(name: string, mode: number): string {
    const folder = join(this.#folder, name);
    mkdirSync(folder);
    chmodSync(folder, mode);
    return folder;
  }

  #inventory(): Inventory {
    const labs = (runtime: string): string => join(runtime, 'berth', 'labs');
    const own = [join(this.#folder, 'tmp'), join(this.#folder, 'state'), labs(join(this.#folder, 'run'))];
    const { alone } = this.#options;
    const shared = alone ? ['/run/netns', labs('/run')] : [];
    const found = new Map(takeInventory({ run: this.#run, folders: [...own, ...shared], alone }));
    if (!alone) return found;
    for (const name of readdirSync(tmpdir())) {
      if (name.startsWith('berth-') && name !== this.#run) found.set(name, join(tmpdir(), name));
    }
    return found;
  }
}
