import {
  apiVersionOf,
  emptyResourceSet,
  type KindName,
  kinds,
  nearest,
  type Pod,
  type Resource,
  type ResourceByKind,
  type ResourceSet,
  refKey,
  refOf,
  resourcesIn,
} from '@berth/api';
import { type Finding, ledElsewhereWrites, withWrites } from '@berth/core';
import { leaderText } from '@berth/engine';
import { folderReader, type Listing } from '@berth/source';
import type { Analysis } from '../context/analysis.ts';
import { CliFault } from '../context/cli-fault.ts';
import { type Cluster, clusterReader } from '../context/cluster.ts';
import type { Environment } from '../context/environment.ts';
import type { Invocation } from '../context/invocation.ts';
import { type Wanted, wantedOf } from '../context/kinds-wanted.ts';
import { clusterOf } from '../context/meant-cluster.ts';
import type { Observed } from '../context/observed.ts';
import { findPlace, type Place } from '../context/place.ts';
import { now, refuseFolder, requireThere } from '../context/session.ts';
import type { Screen } from '../context/terminal.ts';
import { jsonText } from '../output/answer.ts';
import { concerns } from '../output/concerns.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { findingLines } from '../output/findings.ts';
import { objectsTable, shortRef } from '../output/objects-text.ts';
import { withAddresses } from '../output/pod-addresses.ts';
import { wrap } from '../output/wrap.ts';
import type { Options } from '../tree/options.ts';

export async function run({ words, options, environment, terminal, signal }: Invocation): Promise<ExitCode> {
  const wanted = wantedOf(words);
  const { resources, findings, notes } = await toldOf(wanted, options, environment, signal);
  const groups = groupsOf(resources, wanted, options);
  const objects = groups.flatMap(({ objects: some }) => some);
  if (wanted.name !== undefined && objects.length === 0) throw notFound(wanted, resources, options);
  const shown = new Set(objects.map((each) => refKey(refOf(each))));
  const concerning = findings.filter(
    (each) => !each.object || concerns(each, (ref) => shown.has(refKey(ref))),
  );
  if (objects.length === 0) terminal.err.write(`${nothingText(wanted, options)}\n`);
  await printObjects(terminal.out, groups, wanted, options);
  terminal.err.write(findingLines(concerning, terminal.err));
  for (const each of objects.length > 0 ? notes : [])
    terminal.err.write(wrap(each, '', terminal.err.columns));
  return exitCodes.fine;
}

/** Objects with their status, what is wrong with them, and what a reader should know. */
type Told = Pick<Listing, 'resources' | 'findings'> & { readonly notes: readonly string[] };

/**
 * Those that are asked for on an OVN, and where nobody knows of any those of the folder that was given, as they are written, else those behind its
 * rows; where there is no OVN to ask, as they were stored.
 */
async function toldOf(
  wanted: Wanted,
  options: Options,
  environment: Environment,
  signal: AbortSignal,
): Promise<Told> {
  const place = findPlace(options, environment);
  const cluster = await clusterOf(options, place);
  if (cluster) refuseFolder(options);
  const isOfFolder = options.filename !== undefined;
  const isOfOvn = place.remotes !== undefined || (options.bundle !== undefined && !isOfFolder);
  if (!isOfOvn) return stored(cluster, place, options);
  // A folder that is not the one that was applied is refused before anything is asked of OVN.
  const written = isOfFolder ? await stored(cluster, place, options) : undefined;
  const { observeAnyway } = await import('../context/observed.ts');
  try {
    const observed = await observeAnyway(options, environment, signal);
    if (written && !observed.listing && !observed.ledElsewhere) return written;
    if (!observed.listing && observed.unreadable === undefined && !place.lab) {
      const { requireOfRows } = await import('../context/told-by-rows.ts');
      requireOfRows(wanted.kinds);
    }
    return await asItIs(observed, options, place.lab !== undefined);
  } catch (fault) {
    // What cannot be told of the databases hides nothing of what is stored.
    const isOfDatabases = fault instanceof CliFault && fault.code === 'cannot-tell';
    if (signal.aborted || !isOfDatabases || options.bundle !== undefined) throw fault;
    const known = await stored(cluster, place, options, [`the status is as it was stored: ${fault.message}`]);
    if (resourcesIn(known.resources).length === 0) throw fault;
    return known;
  }
}

/**
 * What is asked for, beside what NB has: where no controller is at work, what one stored is of an earlier day, and the status is as NB and SB
 * have it now.
 */
async function asItIs(observed: Observed, options: Options, isLab: boolean): Promise<Told> {
  const [{ analysisOf }, { statusNow, storedStatus }] = await Promise.all([
    import('../context/analysis.ts'),
    import('../context/status-now.ts'),
  ]);
  if (observed.unreadable !== undefined) throw observed.unreadable;
  const analysis = await analysisOf(observed, options);
  const { asked, audit } = analysis;
  const findings = audit();
  const dormant = dormantOf(observed);
  if (dormant) return { resources: dormant, findings, notes: [] };
  if (!asked || !observed.listing) return await byRows(analysis, findings, isLab);
  // Of a cluster everybody is shown what is stored there, and who leads it may not be ours to know. Only who answers is told beside, and what was given back.
  const isOfCluster = observed.home === 'cluster' || observed.home === 'lab-cluster';
  if (observed.isControlled || isOfCluster)
    return {
      resources: storedStatus(observed.listing.resources, { ...analysis, asked }, now()),
      findings,
      notes: [],
    };
  return {
    resources: statusNow({ ...analysis, asked }, now()),
    findings,
    notes: [
      options.bundle === undefined
        ? 'no controller is at work: the status is as NB and SB have it now'
        : `the status is as NB and SB in ${options.bundle} have it`,
      ...takenForGranted(analysis),
    ],
  };
}

/**
 * The objects of a cluster while somebody else leads the OVN, whom nobody who could tell them waits for: their conditions are as such a one would
 * have them. Of a folder the rows tell more.
 */
function dormantOf({ dormant, led }: Observed): ResourceSet | undefined {
  if (!dormant || !led) return undefined;
  const { resources } = dormant;
  return withWrites(resources, ledElsewhereWrites(resources, leaderText(led.lead, led.follow), now()));
}

/** What the rows tell of an OVN of which no objects are known. Of a lab without networks that is nothing; of others it throws why nothing can be told. */
async function byRows(analysis: Analysis, findings: readonly Finding[], isLab: boolean): Promise<Told> {
  const { inForceNote, resourcesOfRows, rowsNote } = await import('../context/told-by-rows.ts');
  const resources = resourcesOfRows(analysis);
  const { unfit } = analysis.observed;
  if (resources.Vpc.length === 0) {
    if (isLab || analysis.observed.ledElsewhere)
      return { resources: emptyResourceSet(), findings, notes: [] };
    if (unfit) throw unfit;
  }
  return {
    resources,
    findings,
    notes: [analysis.observed.ledElsewhere ? inForceNote : rowsNote, ...takenForGranted(analysis)],
  };
}

function takenForGranted({ observed: { unfit }, assumptions }: Analysis): readonly string[] {
  return [
    ...(unfit ? [`nothing is told of packets: ${unfit.message}`] : []),
    ...assumptions.map((each) => `assumed: ${each}`),
  ];
}

/** The objects of a cluster, of the folder that was given, or as a controller stored them last. */
async function stored(
  cluster: Cluster | undefined,
  { stateFolder }: Place,
  { filename: folder }: Options,
  notes: readonly string[] = [],
): Promise<Told> {
  if (folder !== undefined) await requireThere(folder);
  await using reader = cluster ? await clusterReader(cluster) : folderReader({ folder, stateFolder, now });
  return { ...(await reader.list()), notes };
}

type Group = { readonly kind: KindName; readonly objects: readonly Resource[]; readonly text: TableOf };
type TableOf = (wide: boolean, withKind: boolean) => string;

/** The objects asked for, kind by kind; kinds without any are left out. */
function groupsOf(resources: ResourceSet, wanted: Wanted, options: Options): readonly Group[] {
  return wanted.kinds
    .map((kind) => groupOf(kind, resources, wanted, options))
    .filter(({ objects }) => objects.length > 0);
}

function groupOf<K extends KindName>(
  kind: K,
  resources: ResourceSet,
  wanted: Wanted,
  options: Options,
): Group {
  const withNamespace = kinds[kind].namespaced && options.allNamespaces === true;
  const objects = resources[kind].filter(({ metadata }) => {
    const isHere =
      withNamespace || !kinds[kind].namespaced || metadata.namespace === namespaceOf(wanted, options);
    return isHere && (wanted.name === undefined || metadata.name === wanted.name);
  });
  const text: TableOf = (wide, withKind) =>
    objectsTable(kind, shownOf(kind, objects, resources), {
      ...{ wide, withKind, withNamespace },
      nowMs: Date.now(),
    });
  return { kind, objects, text };
}

/** The objects as a table shows them: what another object says of them among their own fields. */
function shownOf<K extends KindName>(
  kind: K,
  objects: readonly ResourceByKind[K][],
  resources: ResourceSet,
): readonly ResourceByKind[K][] {
  if (kind !== 'Pod') return objects;
  return withAddresses(objects as readonly Pod[], resources) as readonly ResourceByKind[K][];
}

function namespaceOf(wanted: Wanted, options: Options): string {
  return wanted.namespace ?? options.namespace ?? 'default';
}

async function printObjects(
  out: Screen,
  groups: readonly Group[],
  wanted: Wanted,
  { output = 'table' }: Options,
): Promise<void> {
  switch (output) {
    case 'table':
    case 'wide': {
      const tables = groups.map(({ text }) => text(output === 'wide', wanted.kinds.length > 1));
      return out.write(tables.join('\n'));
    }
    case 'name':
      return out.write(
        groups
          .flatMap(({ kind, objects }) => objects.map(({ metadata }) => `${shortRef(kind, metadata.name)}\n`))
          .join(''),
      );
    case 'json':
      return out.write(jsonText(documentOf(groups, wanted)));
    case 'yaml': {
      const { stringify } = await import('yaml');
      return out.write(stringify(documentOf(groups, wanted), { aliasDuplicateObjects: false }));
    }
  }
}

/** The object when one was named, else a v1 List, as kubectl has it. */
function documentOf(groups: readonly Group[], wanted: Wanted): object {
  const items = groups.flatMap(({ kind, objects }) =>
    objects.map(({ kind: _kind, ...object }) => ({ ...object, apiVersion: apiVersionOf(kinds[kind]), kind })),
  );
  const [only] = items;
  if (wanted.name !== undefined && items.length === 1 && only) return inOrder(only);
  return { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items: items.map(inOrder) };
}

/** An object with its fields in the order everybody writes them. */
function inOrder(object: object): object {
  const rank = ['apiVersion', 'kind', 'metadata', 'spec', 'data', 'status'];
  return Object.fromEntries(
    Object.entries(object).toSorted(([left], [right]) => rank.indexOf(left) - rank.indexOf(right)),
  );
}

function nothingText(wanted: Wanted, options: Options): string {
  const isNamespaced = wanted.kinds.every((kind) => kinds[kind].namespaced) && options.allNamespaces !== true;
  const place = isNamespaced ? ` in namespace ${namespaceOf(wanted, options)}` : '';
  return `No resources found${place}.`;
}

function notFound(wanted: Wanted, resources: ResourceSet, options: Options): CliFault {
  const { name = '', kinds: wantedKinds } = wanted;
  const candidates = groupsOf(resources, { kinds: wantedKinds }, options).flatMap(({ objects }) =>
    objects.map(({ metadata }) => metadata.name),
  );
  const near = nearest(name, candidates);
  const what = wantedKinds.map((kind) => shortRef(kind, name)).join(', ');
  const cure = near === undefined ? nameList(candidates) : `did you mean ${near}?`;
  return new CliFault('not-found', `${what} not found`, cure);
}

function nameList(names: readonly string[]): string {
  if (names.length === 0) return 'there is none of this kind';
  return `there is ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''}`;
}
