import type { ChildProcess } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Failure } from '@berth/core';
import type { Lab } from '@berth/lab';
import { environmentOf, folderOf, labIn, runBerth, startController } from '../../tests/support/own-lab.ts';
import type { Ended } from '../../tests/support/run-program.ts';
import { objectsOf, type Wish } from './wish.ts';

/** What the controller holds of the machine. */
export type Held = { readonly files: number; readonly residentMiB: number };

/** A lab with somebody else's rows in NB, and a controller that can be ended and started at any time. */
export class SoakStage implements AsyncDisposable {
  readonly scratch: string;
  readonly lab: Lab;
  #controller: ChildProcess | undefined;
  #log = '';

  private constructor(scratch: string, lab: Lab) {
    this.scratch = scratch;
    this.lab = lab;
  }

  static async open(wish: Wish, name: string): Promise<SoakStage> {
    // The path is short, as the lab's sockets need it.
    const scratch = mkdtempSync(path.join(tmpdir(), 'bs-'));
    mkdirSync(folderOf(scratch));
    try {
      const stage = new SoakStage(scratch, await labIn(scratch, name, wish.nodes));
      await stage.central(foreignRows);
      stage.want(wish);
      stage.start();
      return stage;
    } catch (fault) {
      rmSync(scratch, { recursive: true, force: true });
      throw fault;
    }
  }

  /** Swaps the folder's one file at a stroke, as an editor does. */
  want(wish: Wish): void {
    const file = path.join(folderOf(this.scratch), 'wish.yaml');
    const documents = objectsOf(wish).map((each) => `---\n${JSON.stringify(each)}\n`);
    writeFileSync(`${file}.new`, documents.join(''));
    renameSync(`${file}.new`, file);
  }

  /** Starts the controller, unless it runs. */
  start(): void {
    if (this.#controller !== undefined) return;
    const child = startController(this.scratch);
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (said: string) => {
        this.#log = (this.#log + said).slice(-100_000);
      });
    child.once('exit', () => {
      if (this.#controller === child) this.#controller = undefined;
    });
    this.#controller = child;
  }

  get isRunning(): boolean {
    return this.#controller !== undefined;
  }

  /** Ends the controller, and resolves once it is gone. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#controller;
    if (child === undefined) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  async berth(...argv: readonly string[]): Promise<Ended> {
    return await runBerth(this.scratch, argv);
  }

  async fail(failures: readonly Failure[]): Promise<void> {
    await this.lab.fail(failures);
  }

  /** Everything that was broken. */
  async heal(): Promise<void> {
    await this.lab.heal();
  }

  /** Runs a piece of shell where NB and SB are; gives what it printed. */
  async central(script: string): Promise<string> {
    return await this.at('central', script);
  }

  async at(node: string, script: string): Promise<string> {
    return (await this.lab.exec(node, ['bash', '-c', script])).stdout;
  }

  /** The last words of the controller. */
  get log(): string {
    return this.#log;
  }

  get environment(): NodeJS.ProcessEnv {
    return environmentOf(this.scratch);
  }

  /** Undefined while no controller runs. */
  get held(): Held | undefined {
    const pid = this.#controller?.pid;
    if (pid === undefined) return undefined;
    const resident = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
    return { files: readdirSync(`/proc/${pid}/fd`).length, residentMiB: Math.round(Number(resident) / 1024) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGTERM');
    await this.lab.down();
    rmSync(this.scratch, { recursive: true, force: true });
  }
}

/** Rows that are somebody else's: a router and a switch of their own, with everything that Berth makes too. */
const foreignRows = `
ovn-nbctl lr-add foreign -- lrp-add foreign foreign-lan 02:00:00:00:99:01 172.31.0.1/24 \\
  -- ls-add foreign-lan -- lsp-add foreign-lan foreign-lan-router \\
  -- lsp-set-type foreign-lan-router router -- lsp-set-addresses foreign-lan-router router \\
  -- lsp-set-options foreign-lan-router router-port=foreign-lan \\
  -- lsp-add foreign-lan foreign-pod -- lsp-set-addresses foreign-pod '02:00:00:00:99:02 172.31.0.2' \\
  -- lr-route-add foreign 0.0.0.0/0 172.31.0.254 \\
  -- lr-policy-add foreign 100 'ip4.src == 172.31.0.9' drop \\
  -- lb-add foreign-lb 172.31.0.100:80 172.31.0.2:80 -- ls-lb-add foreign-lan foreign-lb \\
  -- acl-add foreign-lan to-lport 1000 'tcp.dst == 23' drop`;
