import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Lab } from '@berth/lab';
import { agentUser, controllerUser } from './kube-bench.ts';
import { programFile } from './programs.ts';

const root = join(import.meta.dirname, '../..');

/** What bin/ does for its programs, so that agents start as quickly. */
const env = { ...process.env, NODE_COMPILE_CACHE: join(root, '.tools/compile-cache') };

/** Berth's programs on a lab with an API server, each a process that can be killed. */
export class LabDaemons implements AsyncDisposable {
  readonly #lab: Lab;
  readonly #children = new Set<ChildProcess>();

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  /** A kubeconfig of one of the lab's users. Throws where there is no such user. */
  kubeconfig(user = 'admin'): string {
    const file = this.#lab.kube?.kubeconfigs[user];
    if (file === undefined) throw new Error(`no ${user}`);
    return file;
  }

  startController(...flags: readonly string[]): ChildProcess {
    const databases = ['--nb', this.#lab.nbRemote, '--sb', this.#lab.sbRemote, '--listen', '127.0.0.1:0'];
    const kubeconfig = ['--kubeconfig', this.kubeconfig(controllerUser)];
    return this.#start(programFile('berth-controller'), [...kubeconfig, ...databases, ...flags]);
  }

  /** The agent of a node, which answers the plugin on a socket. */
  startAgent(node: string, socket: string): ChildProcess {
    const program = join(root, 'tests/support/lab-agent.ts');
    const words = [program, this.#lab.name, node, this.kubeconfig(agentUser(node)), socket];
    return this.#start(process.execPath, ['--conditions=berth-source', ...words]);
  }

  async kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#children].map((child) => this.kill(child)));
  }

  #start(program: string, words: readonly string[]): ChildProcess {
    const child = spawn(program, words, { stdio: 'ignore', env });
    this.#children.add(child);
    return child;
  }
}
