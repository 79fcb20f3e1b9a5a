import type { ResourceSet } from '@berth/api';
import { leading, leadTerm, retried } from '@berth/engine';
import { askForPart, type Lab, type LabPart } from '@berth/lab';
import type { HeldSource } from '@berth/source';
import { type Cluster, clusterOfLab, controllerUser, homeOf } from '../context/cluster.ts';
import { missingInFolder } from '../context/folder-alone.ts';
import type { Invocation } from '../context/invocation.ts';
import { type Candidate, openCandidate, type SessionOptions, sessionOptions } from '../context/session.ts';
import { storedResources } from '../context/stored.ts';
import type { Terminal } from '../context/terminal.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { agentBoards } from '../player/agent-boards.ts';
import { playKubelet } from '../player/kubelet.ts';
import { makeFirstBridges } from './first-bridges.ts';
import { untilServing } from './first-serving.ts';
import { followObjects } from './follow-objects.ts';
import { labFaults } from './lab-faults.ts';
import { type NodeLead, nodeLeadOf } from './node-lead.ts';
import { presentObjects } from './object-results.ts';
import { type Reporter, reporterOf } from './reporter.ts';
import { playOn, type Stage } from './stage.ts';
import { untilLabEnds } from './until-lab-ends.ts';
import { waitReporter } from './wait-reporter.ts';

export async function run({ options, environment, terminal, signal }: Invocation): Promise<ExitCode> {
  const where = await sessionOptions(options, environment, signal, controllerUser);
  const before = where.cluster ? new Map() : presentObjects(await storedResources(where.place.stateFolder));
  await using candidate = await openCandidate({ ...where, follows: true });
  const { lab } = candidate;
  // A folder is of one process, which does not touch the lab before it has it; what is wrong with it from the start ends the command.
  await using folder = where.cluster ? undefined : await candidate.hold(signal);
  await folder?.list();
  await using part =
    lab && where.cluster && (await askForPart(lab.directory, `nodes of ${where.place.instance}`));
  const nodes = nodeLeadOf(candidate);
  const reporter = reporterOf(candidate, terminal, {
    folder: where.folder ?? 'the cluster',
    present: before,
    isJson: options.output === 'json',
  });
  await using stage = lab && (await stageOf(lab, where, { terminal, part, nodes, reporter }));
  if (where.cluster) terminal.err.write(`${withoutAdmission(lab, where)}\n`);
  const work: Work = { candidate, stage, nodes, reporter };
  const ended = AbortSignal.any([signal, ...(stage ? [stage.ended] : [])]);
  const worked = folder ? lead(folder, ended, work) : workOnCluster(ended, terminal, work);
  await (lab ? untilLabEnds(lab, signal, worked) : worked);
  return reporter.passes() > 0 ? exitCodes.fine : exitCodes.interrupted;
}

/** Who works, where, and who is told. */
type Work = {
  readonly candidate: Candidate;
  readonly stage: Stage | undefined;
  readonly nodes: NodeLead;
  readonly reporter: Reporter;
};

/** Leads whenever nobody else does. The lab's nodes follow the objects all the while. */
async function workOnCluster(signal: AbortSignal, { err }: Terminal, work: Work): Promise<void> {
  const { candidate, stage, reporter } = work;
  const { reader, lab } = candidate;
  let isLeading = false;
  const onFault = (fault: unknown): void => {
    if (!isLeading) reporter.notHeld(fault);
  };
  // What the controller that leads does not hear of is told here.
  using _told = stage?.watch(() => {
    if (!isLeading) reporter.found([...stage.findings(), ...stage.others()]);
  });
  const end = new AbortController();
  const ended = AbortSignal.any([signal, end.signal]);
  const following = stage && reader && followObjects(reader, stage.follow, ended).catch(onFault);
  try {
    await leading({
      signal,
      hold: () => {
        const tell = waitReporter(err, lab, stage);
        // Who plays is known once the objects are.
        const leaseHeld = (holder: string): void => {
          const listed = reader?.list().catch(() => undefined);
          void Promise.resolve(listed).then(() => tell(holder));
        };
        return candidate.hold(signal, { leaseHeld, leaseFailed: onFault });
      },
      async lead(source, termSignal) {
        isLeading = true;
        await lead(source, termSignal, work);
      },
      onLost() {
        isLeading = false;
        reporter.lost();
      },
    });
  } finally {
    end.abort();
    await following;
  }
}

/** A time of leading. */
async function lead(source: HeldSource, signal: AbortSignal, work: Work): Promise<void> {
  const { candidate, stage, nodes, reporter } = work;
  const { lab, ovn, settings, reader } = candidate;
  const onFault = reporter.failed;
  lab?.registerRun();
  let epoch = 0;
  await leadTerm({
    ...{ ...candidate, source, attaching: stage, signal, onFault },
    onFence: async (fence) => {
      epoch = fence.epoch;
      nodes.raised(epoch);
      stage?.look();
      if (stage) await retried(() => makeFirstBridges({ source, ovn }, stage, signal), { signal, onFault });
    },
    onPass: async (result) => {
      reporter.wrote(result);
      reporter.happened(result);
      // Of a cluster it follows the objects by itself.
      if (!reader) stage?.follow(result.listing.resources);
      if (lab?.failures().length === 0) await untilServing(ovn, result.plan, signal);
      // What a pass changes may cure what it found; another one follows it.
      if (result.written.changes === 0) {
        const others = [...(stage?.others() ?? []), ...missingInFolder(result, settings)];
        reporter.found([...result.findings, ...others]);
      }
      reporter.passed();
      void (stage?.ready ?? Promise.resolve()).then(() => reporter.ready(result, epoch));
    },
  });
}

type Staging = {
  readonly terminal: Terminal;
  readonly part: LabPart | undefined;
  readonly nodes: NodeLead;
  readonly reporter: Reporter;
};

/** What plays the nodes of a lab. */
async function stageOf(lab: Lab, where: SessionOptions, staging: Staging): Promise<Stage> {
  const { terminal, part, nodes, reporter } = staging;
  const { instance } = where.place;
  const { failed: onFault, reported: onReported } = labFaults(terminal, lab);
  const boardOf = await agentBoards(lab, where);
  const admin = administrator(where);
  const kubelet = admin && playKubelet(lab, admin, (node, fault) => onFault(`node/${node}`, fault));
  const onPlayed = kubelet && ((resources: ResourceSet) => kubelet.end(resources));
  const onMended = reporter.mended;
  return playOn({
    ...{ lab, instance, boardOf, onFault, onReported },
    ...{ onPlayed, onMended, part, lead: nodes },
  });
}

/** What a reader of `--kube` may take for granted, and what to do for it: a lab's own API server asks at a place of its own. */
function withoutAdmission(lab: Lab | undefined, where: SessionOptions): string {
  const admission = administrator(where) && lab?.kube?.admission;
  const listen = ['berth-controller --admission-listen', ...(admission ? [admission] : [])].join(' ');
  return `admission: berth run answers no webhooks, so an API server that asks for them lets pass what only a controller can judge, and the objects’ conditions say it afterwards; ${listen} answers them, also beside this`;
}

/** Who may do everything on the lab's own cluster; undefined where the objects are elsewhere. */
function administrator({ cluster, place }: SessionOptions): Cluster | undefined {
  return homeOf(cluster, place) === 'lab-cluster' ? clusterOfLab(place) : undefined;
}
