import type { ResourceSet } from '@berth/api';
import { loop, openNodeWatch } from '@berth/engine';
import type { Lab } from '@berth/lab';
import { CliFault } from '../context/cli-fault.ts';
import { type Cluster, controllerUser, homeOf } from '../context/cluster.ts';
import { missingInFolder } from '../context/folder-alone.ts';
import type { Invocation } from '../context/invocation.ts';
import { openSession, type SessionOptions, sessionOptions } from '../context/session.ts';
import { storedResources } from '../context/stored.ts';
import type { Terminal } from '../context/terminal.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { faultLine } from '../output/fault-line.ts';
import { agentBoards } from '../player/agent-boards.ts';
import { playKubelet } from '../player/kubelet.ts';
import { makeFirstBridges } from './first-bridges.ts';
import { untilServing } from './first-serving.ts';
import { presentObjects } from './object-results.ts';
import { reporterOf } from './reporter.ts';
import { playOn } from './stage.ts';
import { untilLabEnds } from './until-lab-ends.ts';
import { waitReporter } from './wait-reporter.ts';

export async function run({ options, environment, terminal, signal }: Invocation): Promise<ExitCode> {
  const where = await sessionOptions(options, environment, signal, controllerUser);
  const before = where.cluster ? new Map() : presentObjects(await storedResources(where.place.stateFolder));
  const onWait = waitReporter(terminal.err, where.place.lab);
  await using session = await openSession({ ...where, onWait, follows: true, refusesOther: true });
  const { lab } = session;
  lab?.registerRun();
  const onFault = labFaults(terminal, lab);
  const { instance } = session.settings;
  const boardOf = lab && (await agentBoards(lab, where));
  const admin = administrator(where);
  const kubelet = lab && admin && playKubelet(lab, admin, (node, fault) => onFault(`node/${node}`, fault));
  const onPlayed = kubelet && ((resources: ResourceSet) => kubelet.end(resources));
  await using stage = lab && boardOf && playOn({ lab, instance, boardOf, onFault, onPlayed });
  if (stage) await makeFirstBridges(session, stage, signal);
  if (where.cluster) terminal.err.write(`${withoutAdmission(admin && lab?.kube?.admission)}\n`);
  const reporter = reporterOf(session, terminal, {
    folder: where.folder ?? 'the cluster',
    present: before,
    isJson: options.output === 'json',
  });
  await using held = openNodeWatch(session.source);
  const looped = loop(
    { ...session, nodes: held.nodes, attaching: stage },
    {
      signal: AbortSignal.any([signal, session.lost, ...(stage ? [stage.ended] : [])]),
      onPass: async (result) => {
        reporter.wrote(result);
        reporter.happened(result);
        stage?.follow(result.listing.resources);
        if (lab?.failures().length === 0) await untilServing(session.ovn, result.plan, signal);
        // What a pass changes may cure what it found; another one follows it.
        if (result.written.changes === 0) {
          const others = [...(stage?.others() ?? []), ...missingInFolder(result, session.settings)];
          reporter.found([...result.findings, ...others]);
        }
        reporter.passed();
        void (stage?.ready ?? Promise.resolve()).then(() => reporter.ready(result));
      },
      onFault: reporter.failed,
    },
  );
  await (lab ? untilLabEnds(lab, signal, looped) : looped);
  if (session.lost.aborted && !signal.aborted) {
    throw new CliFault('cannot-tell', 'another controller may lead the cluster now', 'stop one of the two');
  }
  return reporter.passes() > 0 ? exitCodes.fine : exitCodes.interrupted;
}

/** What a reader of `--kube` may take for granted, and what to do for it. `admission` is where a lab's own API server asks. */
function withoutAdmission(admission: string | undefined): string {
  const listen = ['berth-controller --admission-listen', ...(admission ? [admission] : [])].join(' ');
  return `admission: berth run answers no webhooks, so an API server that asks for them lets pass what only a controller can judge, and the objects’ conditions say it afterwards; ${listen} answers them, also beside this`;
}

/** Who may do everything on the lab's own cluster; undefined where the objects are elsewhere. */
function administrator({ cluster, place }: SessionOptions): Cluster | undefined {
  const kubeconfig = place.lab?.kube?.kubeconfigs['admin'];
  if (kubeconfig === undefined || homeOf(cluster, place) !== 'lab-cluster') return undefined;
  return { kubeconfig, context: undefined };
}

/** Says what goes wrong in a lab, each thing once until something else does there; nothing of one that has ended. */
function labFaults(
  { err }: Pick<Terminal, 'err'>,
  lab: Lab | undefined,
): (where: string, fault: unknown) => void {
  const last = new Map<string, string>();
  return (where, fault) => {
    if (lab?.isRunning() === false) return;
    const line = faultLine(fault, err.style, false);
    if (last.get(where) !== line) err.write(`${where}: ${line}`);
    last.set(where, line);
  };
}
