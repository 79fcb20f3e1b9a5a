import { atLeast, type Fabric, type Finding, flowAssumptions, sortFindings } from '@berth/core';
import { epochIn, type OvnRemotes } from '@berth/engine';
import { openDatabase } from '@berth/ovsdb';
import type { Snapshot } from '@berth/ovsdb/value';
import { type Asked, askedOf } from '../context/asked.ts';
import { CliFault } from '../context/cli-fault.ts';
import { type Cluster, clusterOf, clusterReader, homeOf } from '../context/cluster.ts';
import { reasonOf } from '../context/connect.ts';
import type { Environment } from '../context/environment.ts';
import { presentFabric } from '../context/fabric.ts';
import type { Invocation } from '../context/invocation.ts';
import { brokenLab } from '../context/observed.ts';
import { findPlace, type Place, requireOvn } from '../context/place.ts';
import { now, openReadSession, settingsOf } from '../context/session.ts';
import { openStored, type Stored } from '../context/stored.ts';
import { answer, jsonText } from '../output/answer.ts';
import { type ExitCode, exitCodeOf, exitCodes } from '../output/exit-code.ts';
import { countFindings } from '../output/findings.ts';
import { statusText } from '../output/status-text.ts';
import type { StatusAnswer } from '../schema/status.ts';
import type { Options } from '../tree/options.ts';
import { clusterController, controllerOf } from './controller-of.ts';
import { objectsWithRows } from './object-results.ts';
import { floatingIpStatuses, vpcStatuses } from './status-of.ts';

export async function run({ options, environment, terminal, signal }: Invocation): Promise<ExitCode> {
  const place = findPlace(options, environment);
  const seen = await look(place, signal);
  const cluster = await clusterOf(options, place);
  await using stored = cluster ? await openCluster(cluster) : await openStored(place.stateFolder);
  const listing = await stored.reader.list();
  const home = homeOf(cluster, place);
  const controller = {
    instance: place.instance,
    ...(cluster ? await clusterController(cluster) : await controllerOf(place.stateFolder)),
    epoch: seen?.epoch ?? null,
  };
  // Without an OVN everything would seem to lack its chassis.
  const asked =
    seen &&
    askedOf({
      listing: { ...listing, findings: [...listing.findings, ...stored.findings] },
      ...{ nb: seen.nb, fabric: seen.fabric, settings: settingsOf(place) },
      isControlled: controller.running === true && !controller.stopped,
      home,
    });
  const { findings, assumed } = asked
    ? await told(asked, options, environment, signal)
    : { findings: listing.findings, assumed: [] };
  const world = asked && {
    ...{ resources: asked.resources, intent: asked.intent, findings, now: now() },
    ...{ fabric: seen.fabric, programmed: objectsWithRows(seen.nb, place.instance) },
  };
  const answered: StatusAnswer = answer('Status', findings, {
    databases: seen ? connected(requireOvn(place)) : await tryEach(requireOvn(place), signal),
    controller,
    missing: asked?.drift.missing ?? [],
    otherwise: asked?.drift.otherwise ?? [],
    vpcs: world ? vpcStatuses(world) : [],
    floatingIps: world ? floatingIpStatuses(world) : [],
    assumptions: [...(seen?.assumptions ?? []), ...assumed],
    summary: asked ? countFindings(findings) : null,
  });
  const { out } = terminal;
  out.write(options.output === 'json' ? jsonText(answered) : statusText(answered, findings, out, home));
  if (answered.summary === null) return exitCodes.cannotTell;
  return answered.summary.error > 0 ? exitCodes.notFine : exitCodes.fine;
}

/** What is wrong with what is asked for, and what keeps it from working; what the first failure would bring is the audit's to tell. */
async function told(
  asked: Asked,
  options: Options,
  environment: Environment,
  signal: AbortSignal,
): Promise<Told> {
  const { openAnalysis } = await import('../context/analysis.ts');
  try {
    const analysis = await openAnalysis(options, environment, signal);
    const errors = analysis.audit().filter((each) => atLeast(each, 'error'));
    return {
      findings: sortFindings([...asked.findings, ...errors]),
      assumed: flowAssumptions(analysis.flows),
    };
  } catch (fault) {
    // An OVN that nobody can analyse, as one without northd, is told as far as it goes.
    if (signal.aborted || !(fault instanceof CliFault)) throw fault;
    return { findings: asked.findings, assumed: [] };
  }
}

/** What is wrong, and what is assumed of some addresses beside what is of everything. */
type Told = { readonly findings: readonly Finding[]; readonly assumed: readonly string[] };

/** A cluster instead of a state; it needs no folder. */
async function openCluster(cluster: Cluster): Promise<Stored> {
  const reader = await clusterReader(cluster);
  return { reader, findings: [], [Symbol.asyncDispose]: () => reader.close() };
}

type Looked = {
  readonly nb: Snapshot;
  readonly fabric: Fabric;
  readonly epoch: number | undefined;
  /** What is taken for granted, one sentence each. */
  readonly assumptions: readonly string[];
};

/** What NB and SB say; undefined where one cannot be reached. Faults of other sorts are thrown. */
async function look(place: Place, signal: AbortSignal): Promise<Looked | undefined> {
  requireOvn(place);
  try {
    await using session = await openReadSession({ place, signal });
    const { ovn, settings, reports } = session;
    const fabric = presentFabric(ovn, reports);
    return {
      nb: ovn.northbound.snapshot(),
      fabric,
      epoch: epochIn(ovn.northbound, settings.instance),
      assumptions: [
        ...(fabric.dataPlane?.assumptions ?? []),
        ...(reports.length === 0 ? brokenLab(place) : []),
      ],
    };
  } catch (fault) {
    if (signal.aborted || exitCodeOf(fault) !== exitCodes.cannotTell) throw fault;
    return undefined;
  }
}

const databaseNames = [
  { name: 'NB', key: 'nb', database: 'OVN_Northbound' },
  { name: 'SB', key: 'sb', database: 'OVN_Southbound' },
] as const;

function connected(remotes: OvnRemotes): StatusAnswer['databases'] {
  return databaseNames.map(({ name, key }) => ({
    name,
    remote: remotes[key],
    connected: true,
    problem: null,
  }));
}

function tryEach(remotes: OvnRemotes, signal: AbortSignal): Promise<StatusAnswer['databases']> {
  const attempts = databaseNames.map(async ({ name, key, database }) => {
    const remote = remotes[key];
    try {
      const opened = await openDatabase({ remotes: remote.split(','), database, signal });
      await opened.close();
      return { name, remote, connected: true, problem: null };
    } catch (fault) {
      return { name, remote, connected: false, problem: reasonOf(fault) };
    }
  });
  return Promise.all(attempts);
}
