import { type LabKubeOptions, type LabProgress, labUp, listLabs } from '@berth/lab';
import { CliFault } from '../context/cli-fault.ts';
import {
  agentGroup,
  agentUser,
  agentUserPrefix,
  controllerLease,
  controllerUser,
} from '../context/cluster.ts';
import type { Invocation } from '../context/invocation.ts';
import type { Screen } from '../context/terminal.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { plural } from '../output/findings.ts';
import { nextText } from '../output/lab-up-text.ts';

const defaultNodes = ['node-1', 'node-2', 'node-3'];

/** How often an attached command looks whether its parent still lives. */
const parentCheckMs = 500;

export async function run({ options, terminal: { out, err }, signal }: Invocation): Promise<ExitCode> {
  const { name = 'lab', nodes = defaultNodes, raft = false, attached = false, kube = false } = options;
  if (nodes.length === 0) throw new CliFault('usage', '--nodes names no node', 'name at least one');
  const startMs = performance.now();
  const onProgress = (progress: LabProgress): void => err.write(progressLine(progress, err));
  const server = kube ? await kubeOptions(nodes) : undefined;
  const lab = await labUp({ name, nodes, raft, attached, kube: server, onProgress, signal });
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  out.write(`lab/${lab.name} up\n`);
  const others = listLabs().flatMap((each) => (each.name === lab.name ? [] : [each.name]));
  err.write(`${plural(nodes.length, 'node')} in ${seconds} s. ${nextText(lab.name, others, kube)}`);
  const kubeconfig = lab.kube?.kubeconfigs['admin'];
  if (kubeconfig !== undefined) err.write(`for kubectl: export KUBECONFIG=${kubeconfig}\n`);
  if (!attached) return exitCodes.fine;
  await untilEnd(signal);
  await lab.down();
  return exitCodes.fine;
}

/** Those who work on a lab's API server: the controller with its grants, and an agent of each node. */
async function kubeOptions(nodes: readonly string[]): Promise<LabKubeOptions> {
  const { agentAdmission, agentGrants, controllerGrants } = await import('@berth/source/kube');
  const agents = nodes.map((node) => ({ name: agentUser(node), groups: [agentGroup] }));
  return {
    users: [{ name: controllerUser, groups: [] }, ...agents],
    manifests: [
      ...controllerGrants(controllerUser, controllerLease),
      ...agentGrants({ kind: 'Group', name: agentGroup }),
      ...agentAdmission({ userPrefix: agentUserPrefix }),
    ],
  };
}

function progressLine({ text, done, total }: LabProgress, { style }: Screen): string {
  return `${style.faint(`[${done}/${total}]`)} ${text}\n`;
}

/** Resolves when a signal came, or when the process that started this one has ended. */
function untilEnd(signal: AbortSignal): Promise<void> {
  const parent = process.ppid;
  return new Promise((resolve) => {
    const end = (): void => {
      clearInterval(timer);
      resolve();
    };
    const timer = setInterval(() => process.ppid !== parent && end(), parentCheckMs);
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
  });
}
