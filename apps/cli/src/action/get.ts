import {
  apiVersionOf,
  type KindName,
  kinds,
  nearest,
  type Resource,
  type ResourceSet,
  refKey,
  refOf,
} from '@berth/api';
import { atLeast, sortFindings } from '@berth/core';
import { folderReader, type Listing, type Reader } from '@berth/source';
import { CliFault } from '../context/cli-fault.ts';
import { clusterOf, clusterReader } from '../context/cluster.ts';
import type { Environment } from '../context/environment.ts';
import type { Invocation } from '../context/invocation.ts';
import { type Wanted, wantedOf } from '../context/kinds-wanted.ts';
import { findPlace } from '../context/place.ts';
import { now, refuseFolder, requireThere } from '../context/session.ts';
import type { Screen } from '../context/terminal.ts';
import { jsonText } from '../output/answer.ts';
import { type ExitCode, exitCodeOf, exitCodes } from '../output/exit-code.ts';
import { findingLines } from '../output/findings.ts';
import { objectsTable, shortRef } from '../output/objects-text.ts';
import { wrap } from '../output/wrap.ts';
import type { Options } from '../tree/options.ts';

export async function run({ words, options, environment, terminal, signal }: Invocation): Promise<ExitCode> {
  const wanted = wantedOf(words);
  await using reader = await openReader(options, environment);
  const listed = await reader.list();
  const { resources, findings, notes } =
    options.filename === undefined
      ? await asItIs(listed, options, environment, signal)
      : { ...listed, notes: [] };
  const groups = groupsOf(resources, wanted, options);
  const objects = groups.flatMap(({ objects: some }) => some);
  if (wanted.name !== undefined && objects.length === 0) throw notFound(wanted, resources, options);
  const shown = new Set(objects.map((each) => refKey(refOf(each))));
  const concerning = findings.filter(({ object }) => !object || shown.has(refKey(object)));
  if (objects.length === 0) terminal.err.write(`${nothingText(wanted, options)}\n`);
  await printObjects(terminal.out, groups, wanted, options);
  terminal.err.write(findingLines(concerning, terminal.err));
  for (const each of notes) terminal.err.write(wrap(each, '', terminal.err.columns));
  return exitCodes.fine;
}

/** Objects with the status of now, what is wrong with them, and what a reader should know. */
type AsItIs = Pick<Listing, 'resources' | 'findings'> & { readonly notes: readonly string[] };

/**
 * What is stored, beside what NB has: where no controller is at work, what one stored is of an earlier day, and the status is as NB and SB
 * have it now. As it is stored where there is no OVN to ask.
 */
async function asItIs(
  listed: Listing,
  options: Options,
  environment: Environment,
  signal: AbortSignal,
): Promise<AsItIs> {
  const stored = { ...listed, notes: [] };
  if (!findPlace(options, environment).remotes) return stored;
  const [{ openAnalysis }, { withStatusNow }] = await Promise.all([
    import('../context/analysis.ts'),
    import('../context/asked.ts'),
  ]);
  try {
    const { asked, observed, present, assumptions, audit } = await openAnalysis(options, environment, signal);
    if (!asked) return stored;
    const errors = audit().filter((each) => atLeast(each, 'error'));
    const findings = sortFindings([...listed.findings, ...errors]);
    // Of a cluster everybody is shown what is stored there, and who leads it may not be ours to know.
    const isOfCluster = observed.home !== undefined && observed.home !== 'folder';
    if (observed.isControlled || isOfCluster) return { ...stored, findings };
    return {
      resources: withStatusNow(asked, errors, present, now()),
      findings,
      notes: [
        'no controller is at work: the status is as NB and SB have it now',
        ...assumptions.map((each) => `assumed: ${each}`),
      ],
    };
  } catch (fault) {
    if (signal.aborted || exitCodeOf(fault) === exitCodes.internal) throw fault;
    return stored;
  }
}

/** The cluster that was asked for, else the folder, else what a controller stored. */
async function openReader(options: Options, environment: Environment): Promise<Reader> {
  const place = findPlace(options, environment);
  const cluster = await clusterOf(options, place);
  if (cluster) {
    refuseFolder(options);
    return clusterReader(cluster);
  }
  const { filename: folder } = options;
  if (folder !== undefined) await requireThere(folder);
  return folderReader({ folder, stateFolder: place.stateFolder, now });
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
    objectsTable(kind, objects, { wide, withKind, withNamespace, nowMs: Date.now() });
  return { kind, objects, text };
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
