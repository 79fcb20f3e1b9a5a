import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, Prober, sentinelsOf, type Watched } from '@berth/lab';
import { environmentOf, folderOf, labIn, runBerth, startController } from '../../tests/support/own-lab.ts';
import { programFile } from '../../tests/support/programs.ts';
import type { Ended } from '../../tests/support/run-program.ts';
import { addresses, type Network, objectsOf } from './network.ts';

const berthProgram = programFile('berth');

/** Who looks after the network once it is programmed: a running controller with its agents, or OVN alone. */
export type Keeper = 'berth' | 'ovn';

/** What became of the floating IP while something happened, and after. */
export type Seen = {
  readonly inbound: Watched;
  readonly outbound: Watched;
  /** Nodes that answered ARP for the address at the end. */
  readonly answerers: readonly string[];
};

/** How long a probe may be away; the outside asks and the workload asks, each in this interval. */
export const intervalMs = 10;

type WatchOptions = { readonly from?: string; readonly isPlanned?: boolean };

/** A lab with a network on it that is looked after. */
export class Stage implements AsyncDisposable {
  readonly scratch: string;
  readonly lab: Lab;
  readonly keeper: Keeper;
  readonly #prober: Prober;
  readonly #controller: ChildProcess | undefined;
  #log = '';

  private constructor(scratch: string, lab: Lab, keeper: Keeper, controller: ChildProcess | undefined) {
    this.scratch = scratch;
    this.lab = lab;
    this.keeper = keeper;
    this.#prober = new Prober(lab);
    this.#controller = controller;
    for (const stream of [controller?.stdout, controller?.stderr])
      stream?.setEncoding('utf8').on('data', (said: string) => {
        this.#log += said;
      });
  }

  /** Programs the network on a fresh lab and resolves when the floating IP answers and everything has come to rest. */
  static async open(network: Network, keeper: Keeper): Promise<Stage> {
    // The path is short, as the lab's sockets need it.
    const scratch = mkdtempSync(path.join(tmpdir(), 'bf-'));
    mkdirSync(path.join(scratch, 'folder'));
    writeObjects(scratch, network);
    const lab = await labIn(scratch, 'failover', network.nodes);
    try {
      if (keeper === 'ovn') berth(scratch, 'apply', '-f', folderOf(scratch));
      const stage = new Stage(
        scratch,
        lab,
        keeper,
        keeper === 'berth' ? startController(scratch) : undefined,
      );
      await stage.#rest();
      return stage;
    } catch (fault) {
      await lab.down();
      rmSync(scratch, { recursive: true, force: true });
      throw fault;
    }
  }

  /** Changes what is wanted; without a controller it is applied. */
  want(network: Network): void {
    writeObjects(this.scratch, network);
    if (this.keeper === 'ovn') berth(this.scratch, 'apply', '-f', folderOf(this.scratch));
  }

  /** Runs berth on the lab and gives what it printed. Throws when it exits other than 0. */
  berth(...argv: readonly string[]): string {
    return berth(this.scratch, ...argv);
  }

  /** Runs berth on the lab for as long as it takes, whatever it exits with. */
  async berthLater(...argv: readonly string[]): Promise<Ended> {
    return await runBerth(this.scratch, argv);
  }

  /** What the controller printed so far. */
  get log(): string {
    return this.#log;
  }

  /** The node that serves as the gateway by SB's claim. */
  async gateway(): Promise<string> {
    const claim = [
      'ovn-sbctl',
      '--bare',
      '--columns=chassis',
      'find',
      'Port_Binding',
      'logical_port=cr-vpc1-external',
    ];
    const row = await this.#print(claim);
    const hostname =
      row === ''
        ? ''
        : await this.#print(['ovn-sbctl', '--bare', '--columns=hostname', 'list', 'Chassis', row]);
    return hostname;
  }

  /**
   * Watches the floating IP, both ways, while something happens and for some time after. Where nothing breaks (`isPlanned`) what is
   * lost while the machine stands still is not counted.
   */
  async watch(
    happens: () => void | Promise<void>,
    forMs: number,
    { from = 'default/web', isPlanned = false }: WatchOptions = {},
  ): Promise<Seen> {
    await this.#prober.start(
      [
        { key: 'inbound', from: 'outside', to: addresses.external },
        { key: 'outbound', from, to: addresses.upstream },
      ],
      intervalMs,
      isPlanned ? sentinelsOf(this.lab.plan) : [],
    );
    await sleep(500);
    await happens();
    await sleep(forMs);
    const watched = await this.#prober.stop();
    const [inbound, outbound] = [watched.get('inbound'), watched.get('outbound')];
    if (!inbound || !outbound) throw new Error('the prober lost a flow');
    return { inbound, outbound, answerers: await this.answerers() };
  }

  /** Keeps every processor busy for some time, with several programs that all want it. */
  async burden(forMs: number): Promise<void> {
    const program = `const end = Date.now() + ${forMs}; while (Date.now() < end);`;
    const busy = availableParallelism();
    await Promise.all(
      Array.from({ length: 4 * busy }, () => {
        const child = spawn(process.execPath, ['-e', program], { stdio: 'ignore' });
        return new Promise((resolve) => child.once('exit', resolve));
      }),
    );
  }

  /** Nodes that answer ARP for the floating IP now. */
  async answerers(): Promise<readonly string[]> {
    const ask = {
      ip: addresses.external,
      wire: this.lab.plan.wires[0] ?? '',
      vlanId: 0,
      source: addresses.upstream,
    };
    const { answerers } = await this.#prober.burst({ flows: [], asks: [ask], count: 1, waitMs: 600 });
    return (answerers.get(addresses.external) ?? []).map(({ node }) => node);
  }

  /** Resolves once `test` holds; throws with the controller's words when it does not within two minutes. */
  async until(what: string, test: () => boolean | Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 480; tries++) {
      if (await test()) return;
      await sleep(250);
    }
    throw new Error(`${what}: not within 120 s\n${this.#log}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#prober[Symbol.asyncDispose]();
    if (this.#controller) {
      const ended = new Promise((resolve) => this.#controller?.once('exit', resolve));
      this.#controller.kill('SIGCONT');
      this.#controller.kill('SIGTERM');
      if (this.#controller.exitCode === null && this.#controller.signalCode === null) await ended;
    }
    await this.lab.down();
    rmSync(this.scratch, { recursive: true, force: true });
  }

  async #rest(): Promise<void> {
    await this.until('a gateway and an answer', async () => {
      if ((await this.gateway()) === '') return false;
      const burst = await this.#prober.burst({
        flows: [{ key: 'in', from: 'outside', to: addresses.external }],
        count: 2,
      });
      return burst.flows.get('in')?.received === 2;
    });
    await this.until('BFD of all tunnels', async () => {
      const asked = ['ovs-vsctl', '--bare', '--columns=bfd_status', 'find', 'Interface', 'type=geneve'];
      const told = await Promise.all(this.lab.nodeNames.map((node) => this.lab.exec(node, asked)));
      return told.every(({ stdout }) => !/\bstate=(down|init|admin_down)\b/.test(stdout));
    });
    // Reports and witnesses; an order follows a claim only once it has held.
    await sleep(this.keeper === 'berth' ? 4_500 : 1_500);
  }

  async #print(argv: readonly string[]): Promise<string> {
    const { stdout } = await this.lab.exec('central', argv);
    return stdout.trim();
  }
}

/** Swaps the file at one stroke, as an editor does. */
function writeObjects(scratch: string, network: Network): void {
  const file = path.join(folderOf(scratch), 'network.yaml');
  writeFileSync(
    `${file}.new`,
    objectsOf(network)
      .map((each) => `---\n${JSON.stringify(each)}\n`)
      .join(''),
  );
  renameSync(`${file}.new`, file);
}

function berth(scratch: string, ...argv: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(berthProgram, argv, {
    encoding: 'utf8',
    env: environmentOf(scratch),
    timeout: 240_000,
  });
  if (status !== 0) throw new Error(`berth ${argv.join(' ')}: exit code ${status}: ${stderr}`);
  return stdout;
}
