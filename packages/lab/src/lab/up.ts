import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkKubePrograms, type LabKubeOptions, startLabKube } from '../kube/lab-kube.ts';
import { removeWhenUnused, writeRegistry } from '../registry/entry.ts';
import { checkSocketPaths, labsDirectory } from '../registry/paths.ts';
import { fabricScript } from '../script/fabric.ts';
import { library } from '../script/library.ts';
import { command } from '../script/quote.ts';
import type { Entrance } from './enter.ts';
import { Lab } from './lab.ts';
import { checkNames } from './names.ts';
import { databaseNodes, type LabNode, type LabPlan, planNodes } from './plan.ts';
import { checkMachine, fullPath } from './preflight.ts';
import { runScript } from './script-run.ts';
import { startFirstProcess } from './start.ts';

/** What a lab in the making has just finished: `done` of `total` steps. */
export type LabProgress = { readonly text: string; readonly done: number; readonly total: number };

export type LabUpOptions = {
  /** Up to 30 lower-case letters, digits and hyphens. */
  readonly name: string;
  /** The nodes' names, in order. */
  readonly nodes: readonly string[];
  /** External wires; `ext0` and `ext1` when absent. The NIC of the first is eth1 on every node, and so on. */
  readonly wires?: readonly string[];
  /** NB and SB as clusters of up to three members, member i on node i. */
  readonly raft?: boolean;
  /** Starts a kube-apiserver with the lab. */
  readonly kube?: LabKubeOptions | undefined;
  /** The lab ends with this process, however that ends. Otherwise it lives until it is taken down. */
  readonly attached?: boolean;
  readonly onProgress?: (progress: LabProgress) => void;
  readonly signal?: AbortSignal;
};

/**
 * Makes a lab and resolves when every node's chassis is registered in SB. Whatever ends it before leaves nothing behind.
 * Throws `LabFault`: `lab-usage`, `lab-exists`, `lab-programs-missing`, `lab-tun-unusable`, `lab-no-runtime-directory`,
 * `lab-path-too-long`, `lab-start-failed`, `lab-script-failed`, `lab-timed-out`.
 */
export async function labUp(options: LabUpOptions): Promise<Lab> {
  const { name, nodes, wires = ['ext0', 'ext1'], raft = false, attached = false } = options;
  checkNames(name, nodes, wires);
  const programs = options.kube && checkKubePrograms();
  const schemas = checkMachine(fullPath(process.env['PATH']));
  const userId = process.getuid?.() ?? 0;
  const directory = join(labsDirectory(process.env, userId), name);
  checkSocketPaths(directory, nodes);
  const rootless = userId !== 0;
  const plan: LabPlan = { name, directory, nodes: planNodes(name, nodes), wires, raft, rootless, ...schemas };
  const first = await startFirstProcess(name, directory, { attached, rootless });
  try {
    const entrance = { init: first.init, rootless };
    await Promise.all([
      setUp(plan, entrance, options),
      programs && startLabKube(directory, entrance, programs, options.kube ?? {}),
    ]);
    const entry = { version: 1, init: first.init, plan } as const;
    writeRegistry(directory, 'lab.json', entry);
    first.ready();
    return new Lab(entry);
  } catch (fault) {
    first.abandon();
    await removeWhenUnused(directory, 30_000);
    throw fault;
  }
}

async function setUp(plan: LabPlan, entrance: Entrance, { onProgress, signal }: LabUpOptions): Promise<void> {
  const total = plan.nodes.length + 2;
  let done = 0;
  const step = async (what: string, text: string, finished: string) => {
    const script = `set -e\n${text}`;
    await runScript(entrance, plan.directory, what, script, {
      timeoutMs: 180_000,
      ...(signal && { signal }),
    });
    done += 1;
    onProgress?.({ text: finished, done, total });
  };
  writeFileSync(join(plan.directory, 'lab.sh'), library(plan));
  await step('wiring', fabricScript(plan), `${plan.nodes.length} nodes wired to ${plan.wires.join(', ')}`);
  await Promise.all([
    step('central', centralScript(plan), 'NB, SB and northd are running'),
    ...plan.nodes.map((node) => step(`node ${node.name}`, nodeScript(plan, node), `${node.name} is ready`)),
  ]);
}

function centralScript(plan: LabPlan): string {
  const members = databaseNodes(plan).map((node) => node.name);
  return [
    `${command('start_database', 'nb', ...members)} & nb=$!`,
    `${command('start_database', 'sb', ...members)} & sb=$!`,
    'wait $nb; wait $sb',
    'start_northd',
  ].join('\n');
}

/** A boot, and the wait for the chassis. */
function nodeScript(plan: LabPlan, node: LabNode): string {
  const wait = plan.raft ? 40 : 20;
  return [
    command('start_ovsdb_server', node.name),
    command('configure_node', node.name),
    command('start_node', node.name),
    `until ovn-sbctl --db="$sb_local" --timeout=${wait} --no-leader-only wait-until Chassis ${node.systemId} >/dev/null 2>&1; do`,
    '  [ $SECONDS -lt 120 ] || { echo "its chassis did not register in SB" >&2; exit 1; }',
    '  sleep 0.05',
    'done',
  ].join('\n');
}
