import { emptyFabric, type Fabric, type Intent, type Plan, sortFindings } from '@berth/core';
import { epochIn, located, type OvnRemotes, planOf, preview } from '@berth/engine';
import { openDatabase } from '@berth/ovsdb';
import { type Cluster, clusterOf, clusterReader, homeOf } from '../context/cluster.ts';
import { reasonOf } from '../context/connect.ts';
import { presentFabric } from '../context/fabric.ts';
import type { Invocation } from '../context/invocation.ts';
import { findPlace, type Place, requireOvn } from '../context/place.ts';
import { now, openReadSession, settingsOf } from '../context/session.ts';
import { openStored, type Stored } from '../context/stored.ts';
import { answer, jsonText } from '../output/answer.ts';
import { type ExitCode, exitCodeOf, exitCodes } from '../output/exit-code.ts';
import { countFindings } from '../output/findings.ts';
import { statusText } from '../output/status-text.ts';
import type { StatusAnswer } from '../schema/status.ts';
import { clusterController, controllerOf } from './controller-of.ts';
import { objectsWithRows } from './object-results.ts';
import { floatingIpStatuses, vpcStatuses } from './status-of.ts';
import { unprogrammedOf } from './unprogrammed.ts';

export async function run({ options, environment, terminal, signal }: Invocation): Promise<ExitCode> {
  const place = findPlace(options, environment);
  const seen = await look(place, signal);
  const cluster = await clusterOf(options, place);
  await using stored = cluster ? await openCluster(cluster) : await openStored(place.stateFolder);
  const { listing, result } = await preview(stored.reader, seen.fabric, settingsOf(place));
  const isConnected = seen.databases.every((each) => each.connected);
  // Without an OVN everything would seem to lack its chassis.
  const plan = isConnected ? seen.planOf(result.intent) : noPlan;
  const ofIntent = isConnected ? [...result.findings, ...plan.findings] : [];
  const known = [...listing.findings, ...stored.findings, ...ofIntent];
  const findings = sortFindings(known.map((each) => located(each, listing)));
  const world = {
    resources: listing.resources,
    intent: result.intent,
    findings,
    fabric: seen.fabric,
    programmed: seen.programmed,
    now: now(),
  };
  const told: StatusAnswer = answer('Status', findings, {
    databases: seen.databases,
    controller: {
      instance: place.instance,
      ...(cluster ? await clusterController(cluster) : await controllerOf(place.stateFolder)),
      epoch: seen.epoch ?? null,
    },
    missing: unprogrammedOf(plan, seen.programmed),
    vpcs: vpcStatuses(world),
    floatingIps: floatingIpStatuses(world),
    summary: isConnected ? countFindings(findings) : null,
  });
  const { out } = terminal;
  out.write(
    options.output === 'json' ? jsonText(told) : statusText(told, findings, out, homeOf(cluster, place)),
  );
  if (told.summary === null) return exitCodes.cannotTell;
  return told.summary.error > 0 || told.missing.length > 0 ? exitCodes.notFine : exitCodes.fine;
}

const noPlan: Pick<Plan, 'changes' | 'findings'> = { changes: [], findings: [] };

/** A cluster instead of a state; it needs no folder. */
async function openCluster(cluster: Cluster): Promise<Stored> {
  const reader = await clusterReader(cluster);
  return { reader, findings: [], [Symbol.asyncDispose]: () => reader.close() };
}

type Looked = {
  readonly fabric: Fabric;
  /** Objects that have rows of the instance in NB. */
  readonly programmed: ReadonlySet<string>;
  /** What of the intent's rows NB lacks, and what stands in their way. */
  readonly planOf: (intent: Intent) => Pick<Plan, 'changes' | 'findings'>;
  readonly epoch: number | undefined;
  readonly databases: StatusAnswer['databases'];
};

/** What NB and SB say; where one cannot be reached, which and why. Faults of other sorts are thrown. */
async function look(place: Place, signal: AbortSignal): Promise<Looked> {
  const remotes = requireOvn(place);
  try {
    await using session = await openReadSession({ place, signal });
    const { ovn, settings, reports } = session;
    return {
      fabric: presentFabric(ovn, reports),
      programmed: objectsWithRows(ovn.northbound.snapshot(), place.instance),
      planOf: (intent) => planOf(ovn, intent, settings),
      epoch: epochIn(ovn.northbound, settings.instance),
      databases: connected(remotes),
    };
  } catch (fault) {
    if (signal.aborted || exitCodeOf(fault) !== exitCodes.cannotTell) throw fault;
    return {
      fabric: emptyFabric,
      programmed: new Set(),
      planOf: () => noPlan,
      epoch: undefined,
      databases: await tryEach(remotes, signal),
    };
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
