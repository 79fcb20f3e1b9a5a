import { dirname } from 'node:path';
import { findKubePrograms, fitsRelease, kubectlVersion, type LabProgress, labUp, listLabs } from '@berth/lab';
import { CliFault } from '../context/cli-fault.ts';
import type { Invocation } from '../context/invocation.ts';
import { labKubeOptions } from '../context/lab-kube.ts';
import type { Screen } from '../context/terminal.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { plural } from '../output/findings.ts';
import { type Kubectl, kubeText, nextText } from '../output/lab-up-text.ts';

const defaultNodes = ['node-1', 'node-2', 'node-3'];

/** How often an attached command looks whether its parent still lives. */
const parentCheckMs = 500;

export async function run({
  options,
  environment,
  terminal: { out, err },
  signal,
}: Invocation): Promise<ExitCode> {
  const {
    lab: name = environment.lab ?? 'lab',
    nodes = defaultNodes,
    raft = false,
    attached = false,
    kube = false,
  } = options;
  if (nodes.length === 0) throw new CliFault('usage', '--nodes names no node', 'name at least one');
  const startMs = performance.now();
  const onProgress = (progress: LabProgress): void => err.write(progressLine(progress, err));
  const server = kube ? await labKubeOptions(nodes) : undefined;
  const lab = await labUp({ name, nodes, raft, attached, kube: server, onProgress, signal });
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  out.write(`lab/${lab.name} up\n`);
  const others = listLabs().flatMap((each) => (each.name === lab.name ? [] : [each.name]));
  err.write(`${plural(nodes.length, 'node')} in ${seconds} s. ${nextText(lab.name, others, kube)}`);
  if (lab.kube) err.write(kubeText(lab.kube, await foundKubectl()));
  if (!attached) return exitCodes.fine;
  await untilEnd(signal);
  await lab.down();
  return exitCodes.fine;
}

async function foundKubectl(): Promise<Kubectl> {
  const { apiserver = '', kubectl, isKubectlOnPath: isOnPath = false } = findKubePrograms(process.env) ?? {};
  const version = isOnPath ? await kubectlVersion(process.env) : undefined;
  const unfit = version === undefined || fitsRelease(version) ? undefined : version;
  return {
    kubectl,
    isOnPath,
    unfit,
    isBuilt: kubectl !== undefined && dirname(kubectl) === dirname(apiserver),
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
