import type { DaemonStatus, LabStatus } from '@berth/lab';
import type { Invocation } from '../context/invocation.ts';
import { findPlace, requireLab } from '../context/place.ts';
import { answer, jsonText } from '../output/answer.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import type { Style } from '../output/style.ts';
import { none, table } from '../output/table.ts';
import type { LabStatusAnswer } from '../schema/lab-status.ts';

export async function run({ options, environment, terminal: { out } }: Invocation): Promise<ExitCode> {
  const status = await requireLab(findPlace(options, environment)).status();
  const told: LabStatusAnswer = answer('LabStatus', [], status);
  out.write(options.output === 'json' ? jsonText(told) : labStatusText(status, out.style));
  return exitCodes.fine;
}

/** A lab on one screen: its databases, a row for each node, then pods and what is broken. */
function labStatusText(status: LabStatus, style: Style): string {
  const { name, nb, sb, kubeconfig, admission, central, nodes, pods, failures } = status;
  const rows = nodes.map((node) => [
    node.name,
    node.chassis ?? style.bad(none),
    daemonsText(node.daemons, style),
    node.failures.join(',') || none,
  ]);
  const facts: readonly (readonly [string, string])[] = [
    ['lab', name],
    ['NB', nb],
    ['SB', sb],
    ...(kubeconfig === null ? [] : [['kube', `KUBECONFIG=${kubeconfig}`] as const]),
    ...(admission === null ? [] : [['admits', admission] as const]),
    ['central', daemonsText(central, style)],
    ['pods', pods.join(', ') || none],
    ['broken', failures.length > 0 ? style.bad(failures.join(', ')) : 'nothing'],
  ];
  const head = facts.map(([fact, value]) => `${fact.padEnd(8)} ${value}\n`).join('');
  return `${head}\n${table(['name', 'chassis', 'daemons', 'failures'], rows)}`;
}

/** `ok` when all run, else those that do not. */
function daemonsText(daemons: DaemonStatus, style: Style): string {
  const down = Object.entries(daemons).filter(([, pid]) => pid === null);
  return down.length === 0 ? 'ok' : style.bad(`down:${down.map(([daemon]) => daemon).join(',')}`);
}
