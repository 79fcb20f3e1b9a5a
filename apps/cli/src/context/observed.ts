import { formatFailure, type Home, type NodeHealth } from '@berth/core';
import { databaseNodes, type LabPlan } from '@berth/lab';
import { type NbTables, nbSchema, type SbTables, sbSchema } from '@berth/ovn';
import type { DatabaseSchema } from '@berth/ovsdb';
import type { Snapshot, Tables } from '@berth/ovsdb/value';
import type { Listing } from '@berth/source';
import type { Options } from '../tree/options.ts';
import { awaiting } from './aside.ts';
import { CliFault } from './cli-fault.ts';
import { homeOf } from './cluster.ts';
import { completeTables } from './complete-tables.ts';
import { controllerUnknown, isAtWork } from './controller-state.ts';
import { openDatabaseFile } from './database-file.ts';
import { loadRemote } from './database-remote.ts';
import { type DatabaseKey, databases, isRemote, requireSchema } from './database-source.ts';
import type { Environment } from './environment.ts';
import { heardBeside } from './heard.ts';
import { inForce, type KnownObjects, objectsOf } from './known-objects.ts';
import { clusterOf } from './meant-cluster.ts';
import { findPlace, type Place, requireOvn } from './place.ts';
import { allReportsIn, allReportsOnCluster } from './reports.ts';
import { requireSameOvn } from './same-ovn.ts';
import { tlsOf } from './tls.ts';

/** An OVN at one moment, as far as an analysis reads it. */
export type Observed = KnownObjects & {
  readonly nb: Snapshot<NbTables>;
  readonly sb: Snapshot<SbTables>;
  readonly reports: readonly NodeHealth[];
  /** The last words of agents that are not heard any more. */
  readonly silent: readonly NodeHealth[];
  /** Where these live; undefined where that is not known. */
  readonly home: Home | undefined;
  /** Whether a controller of Berth's runs on it now, and will act on what fails. */
  readonly isControlled: boolean;
  /** Why nothing can be said of packets: northd has not made this SB of this NB. Undefined where it has. */
  readonly unfit: CliFault | undefined;
  /** Where the members of SB's cluster are, as far as that is known. */
  readonly sbMembers: SbMembers;
  /** What is taken for granted because of where it was read, one sentence each. */
  readonly assumptions: readonly string[];
};

/** An address of each member, and the SB names of chassis that have other addresses than SB says. */
export type SbMembers = {
  readonly addresses: readonly string[];
  readonly aliases: ReadonlyMap<string, string>;
};

const membersUnknown: SbMembers = { addresses: [], aliases: new Map() };

/** What an observation is asked for with. */
type Asked = Pick<
  Options,
  | 'nb'
  | 'sb'
  | 'bundle'
  | 'lab'
  | 'state'
  | 'instance'
  | 'timeout'
  | 'privateKey'
  | 'certificate'
  | 'caCert'
  | 'kube'
  | 'kubeconfig'
  | 'context'
>;

const defaultTimeoutSeconds = 30;

/** Rows that were read so long before the rest are read once more. */
const lateMs = 1_000;

/** Tables that no analysis reads: what northd makes of the others, and what must stay secret. */
const unread: Readonly<Record<DatabaseKey, readonly string[]>> = {
  nb: ['Connection', 'SSL'],
  sb: [
    'Connection',
    'SSL',
    'RBAC_Permission',
    'RBAC_Role',
    'Logical_Flow',
    'Logical_DP_Group',
    'Multicast_Group',
    'IGMP_Group',
  ],
};

/**
 * Reads NB and SB from where they are: servers, saved files, a bundle or a lab. Throws CliFault `usage`, `bad-input` or
 * `cannot-tell`, never half an OVN, and why the objects of a cluster that was meant cannot be read.
 */
export async function observe(
  options: Asked,
  environment: Environment,
  signal: AbortSignal,
): Promise<Observed> {
  const observed = await observeAnyway(options, environment, signal);
  const { home, unreadable, unfit } = observed;
  if (unreadable !== undefined && home !== 'folder') throw unreadable;
  if (unfit) throw unfit;
  return observed;
}

/** The same for those that can say something also where northd has made nothing of NB, or where no objects can be had: `unfit` and `unreadable` tell. */
export async function observeAnyway(
  options: Asked,
  environment: Environment,
  signal: AbortSignal,
): Promise<Observed> {
  if (options.bundle !== undefined) return observeBundle(options.bundle, options);
  const place = findPlace(options, environment);
  const remotes = requireOvn(place);
  const isLive = isRemote(remotes.nb) && isRemote(remotes.sb);
  const cluster = await clusterOf(options, place);
  const read = () =>
    Promise.all([
      load<NbTables>('nb', remotes.nb, nbSchema, options, signal),
      load<SbTables>('sb', remotes.sb, sbSchema, options, signal),
    ]);
  const readReports = async () => (cluster ? await allReportsOnCluster(cluster) : await allReportsIn(place));
  const beganMs = performance.now();
  const [atOnce, all, known] = await Promise.all([
    read(),
    isLive ? readReports() : [],
    objectsOf(cluster, place, options, isLive),
  ]);
  // Who had to be waited for, as an API server that hangs, is not to make the rows of before stand for those of now.
  const isLate = isLive && performance.now() - beganMs > lateMs;
  const databases = isLate ? await read() : atOnce;
  const heard = isLive
    ? await heardBeside(databases, all, { read, readReports }, signal)
    : { databases, reports: [], silent: [] };
  const { reports, silent } = heard;
  const [{ snapshot: nb }, { snapshot: sb, members }] = heard.databases;
  const { unfit, assumptions } = fitOf(nb, sb);
  const { controller, ...objects } = await inForce(known, nb, { place, cluster, isLive });
  return {
    ...{ nb, sb, reports, ...objects, unfit, controller },
    silent,
    home: objects.led?.isOther ? undefined : homeOf(cluster, place),
    isControlled: isAtWork(controller),
    sbMembers: place.lab ? membersOfLab(place.lab.plan) : { ...membersUnknown, addresses: members },
    assumptions: [...assumptions, ...(reports.length === 0 ? brokenLab(place) : [])],
  };
}

/** Whether SB is what northd made of NB. Throws CliFault `bad-input` for databases of two OVNs. */
function fitOf(
  nb: Observed['nb'],
  sb: Observed['sb'],
): { readonly unfit: CliFault | undefined; readonly assumptions: readonly string[] } {
  try {
    return { unfit: undefined, assumptions: requireSameOvn(nb, sb) };
  } catch (fault) {
    if (!(fault instanceof CliFault) || fault.code !== 'cannot-tell') throw fault;
    return { unfit: fault, assumptions: [] };
  }
}

/** What was broken on purpose, which neither NB nor SB tells and no agent reports. */
function brokenLab({ lab }: Pick<Place, 'lab'>): readonly string[] {
  const failures = lab?.failures() ?? [];
  if (failures.length === 0) return [];
  return [
    `lab ${lab?.name} is broken on purpose (${failures.map(formatFailure).join(', ')}), which no agent reports: what is said here does not reckon with it`,
  ];
}

/** A lab's members listen on the management network, which SB does not know of. */
function membersOfLab(plan: LabPlan): SbMembers {
  const members = databaseNodes(plan);
  return {
    addresses: members.map(({ managementIp }) => managementIp),
    aliases: new Map(members.map(({ managementIp, systemId }) => [managementIp, systemId])),
  };
}

/** Hosts of `tcp:HOST:PORT` or `ssl:HOST:PORT`. Three servers or more are a cluster's; of fewer nobody knows the others. */
export function memberHosts(remotes: readonly string[], isWhole: boolean): readonly string[] {
  const hosts = remotes.flatMap((remote) => /^(?:tcp|ssl):\[?(.+?)\]?:\d+$/.exec(remote)?.[1] ?? []);
  return hosts.length === remotes.length && (isWhole || hosts.length >= 3) ? hosts : [];
}

async function load<T extends Tables>(
  key: DatabaseKey,
  source: string,
  known: DatabaseSchema,
  options: Asked,
  signal: AbortSignal,
): Promise<{ readonly snapshot: Snapshot<T>; readonly members: readonly string[] }> {
  if (isRemote(source)) {
    const timeoutMs = (options.timeout ?? defaultTimeoutSeconds) * 1000;
    const remote = { tls: tlsOf(options), timeoutMs, without: unread[key], signal };
    const loading = loadRemote<T>(key, source, remote);
    const loaded = await awaiting(`${databases[key].short} ${source}`, loading);
    return { snapshot: completeTables(loaded, known), members: memberHosts(source.split(','), false) };
  }
  const file = await openDatabaseFile<T>(source);
  requireSchema(key, source, file.schema);
  const members = memberHosts(file.member?.memberAddresses ?? [], true);
  return { snapshot: completeTables(file.snapshot, known), members };
}

async function observeBundle(file: string, options: Asked): Promise<Observed> {
  if (options.nb !== undefined || options.sb !== undefined || options.lab !== undefined) {
    throw new CliFault('usage', '--bundle and --nb, --sb or --lab name two places', 'give one of them');
  }
  const { openBundle } = await import('../bundle/open-bundle.ts');
  const { nb, sb, reports, objects } = await openBundle(file);
  requireSchema('nb', file, nb.schema);
  requireSchema('sb', file, sb.schema);
  const [north, south] = [completeTables(nb, nbSchema), completeTables(sb, sbSchema)];
  const rest = {
    ...{ home: undefined, controller: controllerUnknown, isControlled: false, unreadable: undefined },
    ...{ dormant: undefined, ledElsewhere: undefined, led: undefined },
  };
  return {
    ...{ nb: north, sb: south, reports, silent: [], listing: objects && saved(objects) },
    ...{ ...rest, sbMembers: membersUnknown, ...fitOf(north, south) },
  };
}

/** Objects of a bundle: who wrote them where is not known any more. */
function saved(resources: Listing['resources']): Listing {
  return { resources, findings: [], epoch: 0, locate: () => undefined };
}
