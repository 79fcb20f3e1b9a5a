import { randomUUID } from 'node:crypto';
import { access, realpath } from 'node:fs/promises';
import path from 'node:path';
import { defaultExternalSubnet } from '@berth/api';
import type { Adopting, NodeHealth } from '@berth/core';
import { type Ovn, type PassInput, type PassSettings, takeOver } from '@berth/engine';
import type { Lab } from '@berth/lab';
import {
  folderReader,
  type HeldSource,
  openFolderSource,
  type Reader,
  recordedFolder,
  stateLead,
  wholeSeconds,
} from '@berth/source';
import type { Options } from '../tree/options.ts';
import { awaitingCluster } from './await-cluster.ts';
import { CliFault } from './cli-fault.ts';
import {
  type Cluster,
  clusterReader,
  controllerLease,
  type controllerUser,
  followCluster,
  type LeaseWatch,
  type OnWait,
} from './cluster.ts';
import { connect } from './connect.ts';
import type { Environment } from './environment.ts';
import { heardBeside } from './heard.ts';
import { clusterOf } from './meant-cluster.ts';
import { otherLeadText, refuseOtherLead, runOfState } from './other-lead.ts';
import { findPlace, type Place, requireOvn } from './place.ts';
import { allReportsIn, allReportsOnCluster } from './reports.ts';

/** Who may become the controller of an OVN: connected, and able to take the right to write as often as it is lost. */
export type Candidate = AsyncDisposable &
  Pick<PassInput, 'ovn' | 'settings' | 'now'> & {
    readonly place: Place;
    readonly lab: Lab | undefined;
    /** Follows a cluster's objects, whoever leads it; undefined of a folder. */
    readonly reader: Reader | undefined;
    /** Who this one is to others that look after the same OVN; undefined where that is not known, as before a cluster's first listing. */
    readonly leadName: () => string | undefined;
    /** Takes the state's lock, or waits for the cluster's Lease until the signal is aborted. Throws the faults of those, and the signal's reason. */
    hold(signal: AbortSignal, watch?: LeaseWatch): Promise<HeldSource>;
  };

/** A controller's right to write: the source with its lock, the OVN with its fence. Disposing of it gives both back. */
export type Session = AsyncDisposable &
  PassInput & {
    readonly place: Place;
    readonly lab: Lab | undefined;
  };

/** The lock of a state, or the Lease of a cluster, before anything of OVN is taken over. */
export type Held = AsyncDisposable & Omit<Session, 'fence'>;

/** What is read without any right: `plan`, `get` and `status` disturb no controller. */
export type ReadSession = AsyncDisposable & {
  readonly place: Place;
  readonly reader: Reader;
  readonly ovn: Ovn;
  readonly settings: PassSettings;
  /** Asks what agents say: see `heardBeside`. */
  readonly heard: () => Promise<readonly NodeHealth[]>;
};

/** Where a session works, and where its objects are: in a folder, or in a cluster. */
export type SessionOptions = {
  readonly place: Place;
  readonly folder?: string | undefined;
  readonly cluster?: Cluster | undefined;
  /** Told while another controller leads the cluster. */
  readonly onWait?: OnWait | undefined;
  readonly adopt?: Adopting | undefined;
  /** The state goes on with this folder, whichever it was of, and the folder takes the OVN from who looked after it last. */
  readonly moveState?: boolean | undefined;
  /** The session goes on following its folder, so that others need not: they are told so. */
  readonly follows?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** Connects, takes the state's lock or the cluster's Lease, and raises the epoch, in that order. Throws the faults of those. */
export async function openSession(options: SessionOptions): Promise<Session> {
  await using stack = new AsyncDisposableStack();
  const held = stack.use(await openHeld(options));
  const fence = await takeOver(held.source, held.ovn, held.settings);
  const moved = stack.move();
  return { ...held, fence, [Symbol.asyncDispose]: () => moved.disposeAsync() };
}

/** The same without raising the epoch: for those that may find that there is nothing for them to do. Throws the faults of those. */
export async function openHeld(options: SessionOptions): Promise<Held> {
  await using stack = new AsyncDisposableStack();
  const candidate = stack.use(await openCandidate(options));
  const { cluster, onWait, signal = neverAborted } = options;
  const hold = () => candidate.hold(signal, { leaseHeld: onWait });
  const lease = `the Lease ${controllerLease.namespace}/${controllerLease.name}`;
  const source = stack.use(await (cluster ? awaitingCluster(cluster, hold, lease) : hold()));
  const held = stack.move();
  return { ...candidate, source, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

/** Connects, and follows the objects of a cluster. Throws the faults of that. */
export async function openCandidate(options: SessionOptions): Promise<Candidate> {
  const { place, cluster, adopt, signal } = options;
  await using stack = new AsyncDisposableStack();
  const ovn = stack.use(await connect(requireOvn(place), signal));
  await refuseOther(options, ovn);
  const followed = cluster && (await followCluster(cluster));
  if (followed) stack.use(followed.reader);
  const held = stack.move();
  return {
    ...{ place, lab: place.lab, ovn, settings: settingsOf(place, adopt), now, reader: followed?.reader },
    leadName: followed?.lead ?? (() => stateLead(place.stateFolder)),
    hold: followed?.hold ?? (() => openFolder(options)),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** Throws CliFault `cannot-tell` where a folder would take the OVN from somebody, unless that is wanted. */
async function refuseOther({ place, folder, moveState }: SessionOptions, ovn: Ovn): Promise<void> {
  if (folder !== undefined) await refuseOtherLead({ place, folder, moveState }, ovn);
}

/**
 * What stands in the way of a folder that would take the place of another one, or of another controller, each in a sentence: what has to be
 * stopped first, and unless `moveState` is said what asks for it.
 */
export async function movesOf({ place, folder, moveState }: SessionOptions, ovn: Ovn): Promise<Moves> {
  if (folder === undefined) return { moves: [], stops: [] };
  const { stateFolder } = place;
  const [other, recorded, real] = await Promise.all([
    otherLeadText(place, ovn),
    recordedFolder(stateFolder),
    realpath(folder),
  ]);
  const isOfOther = recorded !== undefined && recorded !== real;
  const state = `the state in ${stateFolder} is of ${recorded}, not of ${real}`;
  const run = isOfOther ? await runOfState(stateFolder) : undefined;
  const atWork = [
    ...(run === undefined ? [] : [`${run} is at work with the state in ${stateFolder}`]),
    ...(other?.isAtWork ? [other.text] : []),
  ];
  const moves = [...(isOfOther ? [state] : []), ...(other === undefined ? [] : [other.text])];
  return { moves: moveState ? [] : moves, stops: atWork };
}

/** Why apply has to be told --move-state, and who has to be stopped before it does anything, each in a sentence. */
export type Moves = { readonly moves: readonly string[]; readonly stops: readonly string[] };

/** A folder that this process alone may program. */
async function openFolder({
  place: { stateFolder },
  folder,
  follows,
  moveState: otherFolder,
}: SessionOptions): Promise<HeldSource> {
  const identify = { now, newUid: randomUUID };
  const work = follows
    ? `it is berth run, which is at work and takes changes of ${path.resolve(folder ?? '')} by itself; to apply another folder, end it first`
    : 'another command of berth is at work there: try again when it has ended';
  return Object.assign(
    await openFolderSource({
      ...{ folder: folder ?? '', stateFolder, identify, otherFolder },
      said: { work, isPassing: follows !== true },
    }),
    {
      lost: neverAborted,
    },
  );
}

const neverAborted: AbortSignal = new AbortController().signal;

/**
 * Connects and reads; takes no lock and writes nothing. Without a folder the objects are those that are stored. What takes the place of another is
 * refused as where something is written, unless `moveState` is said: then it is read as if that one had gone already.
 */
export async function openReadSession(options: SessionOptions): Promise<ReadSession> {
  const { place, folder, cluster, adopt, moveState: otherFolder, signal } = options;
  await using stack = new AsyncDisposableStack();
  const ovn = stack.use(await connect(requireOvn(place), signal));
  if (!otherFolder) await refuseOther(options, ovn);
  const reader = stack.use(
    cluster
      ? await clusterReader(cluster)
      : folderReader({ folder, stateFolder: place.stateFolder, now, otherFolder }),
  );
  const held = stack.move();
  const settings = settingsOf(place, adopt);
  const readReports = () => (cluster ? allReportsOnCluster(cluster) : allReportsIn(place));
  const heard = () => heardOn(ovn, readReports, signal);
  return { place, reader, ovn, settings, heard, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

async function heardOn(
  { northbound, southbound }: Ovn,
  readReports: () => Promise<readonly NodeHealth[]>,
  signal: AbortSignal = neverAborted,
): Promise<readonly NodeHealth[]> {
  const read = async () =>
    [{ snapshot: northbound.snapshot() }, { snapshot: southbound.snapshot(), members: [] }] as const;
  const all = await readReports();
  return (await heardBeside(await read(), all, { read, readReports }, signal)).reports;
}

/** What an installation decides once. */
export function settingsOf({ instance }: Pick<Place, 'instance'>, adopt?: Adopting): PassSettings {
  return { instance, defaultExternalSubnet, ...(adopt !== undefined && { adopt }) };
}

/** The place of a command, and the folder or the cluster it was given. Throws CliFault `usage` without either, or with both, and `bad-input`. */
export async function sessionOptions(
  options: Options,
  environment: Environment,
  signal: AbortSignal,
  user?: typeof controllerUser,
): Promise<SessionOptions> {
  const { adopt, moveState } = options;
  const place = findPlace(options, environment);
  const cluster = await clusterOf(options, place, user);
  const folder = cluster ? refuseFolder(options) : await requireThere(requireFolder(options, place));
  return { place, folder, cluster, adopt, moveState, signal };
}

/** Throws CliFault `usage` when both a folder and a cluster were given. */
export function refuseFolder({ filename }: Options): undefined {
  if (filename === undefined) return undefined;
  throw new CliFault('usage', '-f and a cluster name two places', 'give one of them');
}

/** The folder that was given. Throws CliFault `usage` without one. */
export function requireFolder({ filename }: Options, { lab }: Partial<Pick<Place, 'lab'>> = {}): string {
  if (filename !== undefined) return filename;
  const orCluster = lab?.kube ? `; or --kube for the cluster of lab/${lab.name}` : '';
  throw new CliFault('usage', '-f is missing', `name a folder of YAML files, or one file${orCluster}`);
}

/** Throws CliFault `bad-input` when there is neither folder nor file of that name. */
export async function requireThere(folder: string): Promise<string> {
  try {
    await access(folder);
    return folder;
  } catch (cause) {
    const cure = 'name a folder of YAML files, or one file';
    throw new CliFault('bad-input', `there is no folder ${folder}`, cure, { cause });
  }
}

/** RFC 3339, in whole seconds as Kubernetes has them. */
export function now(): string {
  return wholeSeconds();
}
