import type { Finding, Home } from '@berth/core';
import { epochIn } from '@berth/engine';
import { openDatabase } from '@berth/ovsdb';
import { type Analysis, analysisOf } from '../context/analysis.ts';
import { awaiting } from '../context/aside.ts';
import { reasonOf } from '../context/connect.ts';
import { controllerOf } from '../context/controller-state.ts';
import { databases, isRemote } from '../context/database-source.ts';
import type { Asking, Invocation } from '../context/invocation.ts';
import type { Led } from '../context/led-by.ts';
import { clusterOf } from '../context/meant-cluster.ts';
import { observeAnyway } from '../context/observed.ts';
import { partedFindings } from '../context/of-others.ts';
import { findPlace, type Place, requireOvn } from '../context/place.ts';
import { now } from '../context/session.ts';
import { statusNow } from '../context/status-now.ts';
import { tlsOf } from '../context/tls.ts';
import { answer, jsonText } from '../output/answer.ts';
import { type ExitCode, exitCodeOf, exitCodes } from '../output/exit-code.ts';
import { countFindings } from '../output/findings.ts';
import { type StatusBody, statusText } from '../output/status-text.ts';
import type { StatusAnswer } from '../schema/status.ts';
import type { Options } from '../tree/options.ts';
import { objectsWithRows } from './object-results.ts';
import { floatingIpsByRows, vpcsByRows } from './status-by-rows.ts';
import { floatingIpStatuses, vpcStatuses } from './status-of.ts';

export async function run(invocation: Invocation): Promise<ExitCode> {
  const { options, environment, terminal } = invocation;
  const place = findPlace(options, environment);
  if (options.bundle === undefined) requireOvn(place);
  const analysis = await analysed(invocation);
  const { findings, ofOthers, home, ...body } =
    analysis instanceof Error ? await unreached(analysis, invocation, place) : told(analysis, options, place);
  const { out } = terminal;
  if (options.output === 'json') {
    out.write(jsonText(answer('Status', [...findings, ...ofOthers], body)));
  } else out.write(statusText(body, { findings, ofOthers }, out, home));
  if (body.unreadable !== null && !(analysis instanceof Error))
    return exitCodeOf(analysis.observed.unreadable);
  if (body.summary === null || isBlind(analysis, place)) return exitCodes.cannotTell;
  return body.summary.error > 0 ? exitCodes.notFine : exitCodes.fine;
}

/** Whether nothing is known but NB: of no objects, and of no packets. A lab that was just started is as it should be. */
function isBlind(analysis: Analysis | Error, { lab }: Pick<Place, 'lab'>): boolean {
  if (analysis instanceof Error || lab !== undefined) return false;
  return analysis.asked === undefined && analysis.observed.unfit !== undefined;
}

/** The answer before it is put into words. */
type Told = StatusBody & {
  readonly findings: readonly Finding[];
  /** About rows that nothing asked for has to do with. */
  readonly ofOthers: readonly Finding[];
  readonly home: Home | undefined;
};

/** The OVN, as far as it can be told of; the fault where a database cannot be reached. Faults of other sorts are thrown. */
async function analysed({ options, environment, signal }: Asking): Promise<Analysis | Error> {
  try {
    return await analysisOf(await observeAnyway(options, environment, signal), options);
  } catch (fault) {
    if (signal.aborted || !(fault instanceof Error) || exitCodeOf(fault) !== exitCodes.cannotTell)
      throw fault;
    return fault;
  }
}

/** Everything there is to say. Why the objects cannot be read stands first among what is told by the rows: without it all would seem to be well. */
function told(analysis: Analysis, options: Options, place: Place): Told {
  const { asked, audit, assumptions, observed, present } = analysis;
  const all = audit();
  const { own, ofOthers } = asked
    ? partedFindings(all, asked.resources, observed.nb)
    : { own: all, ofOthers: [] };
  const world = asked && {
    resources: statusNow({ ...analysis, asked }, now()),
    intent: asked.intent,
    fabric: present,
    nb: observed.nb,
    instance: place.instance,
    programmed: objectsWithRows(observed.nb, place.instance),
    verdicts: analysis.verdicts(),
  };
  const { unfit } = observed;
  return {
    findings: own,
    ofOthers,
    home: observed.home,
    databases: remotesOf(options, place).map((each) => ({ ...each, connected: true, problem: null })),
    controller: {
      instance: place.instance,
      ...observed.controller,
      epoch: epochIn(observed.nb, place.instance) ?? null,
      waiting: observed.led?.waiting ?? null,
    },
    lead: leadAnswer(observed.led),
    missing: asked?.drift.missing ?? [],
    otherwise: asked?.drift.otherwise ?? [],
    toldBy: world ? 'objects' : 'rows',
    unreadable: observed.unreadable === undefined ? null : reasonOf(observed.unreadable),
    vpcs: world ? vpcStatuses(world) : vpcsByRows(analysis),
    floatingIps: world ? floatingIpStatuses(world) : floatingIpsByRows(analysis),
    assumptions: [...(unfit ? [`nothing is told of packets: ${unfit.message}`] : []), ...assumptions],
    summary: countFindings(own),
    others: countFindings(ofOthers),
  };
}

function leadAnswer(led: Led | undefined): StatusAnswer['lead'] {
  if (!led) return null;
  const { name = null, since = null } = led.lead;
  return { name, since, other: led.isOther };
}

/** Which database cannot be reached, and who is at work. Throws `fault` where it is about neither. */
async function unreached(
  fault: Error,
  { options, signal }: Pick<Invocation, 'options' | 'signal'>,
  place: Place,
): Promise<Told> {
  const tried = await Promise.all(remotesOf(options, place).map((each) => tryOne(each, options, signal)));
  if (tried.every(({ connected }) => connected)) throw fault;
  const controller = await controllerOf(await clusterOf(options, place), place.stateFolder);
  return {
    ...{ findings: [], ofOthers: [], home: undefined, databases: tried },
    controller: { instance: place.instance, ...controller, epoch: null, waiting: null },
    lead: null,
    ...{ missing: [], otherwise: [], toldBy: null, unreadable: null, vpcs: [], floatingIps: [] },
    ...{ assumptions: [], summary: null, others: countFindings([]) },
  };
}

type Remote = Pick<StatusAnswer['databases'][number], 'name' | 'remote'>;

/** Where the two databases are read; of a bundle both in one file. */
function remotesOf({ bundle }: Options, place: Place): readonly Remote[] {
  if (bundle !== undefined)
    return [
      { name: 'NB', remote: bundle },
      { name: 'SB', remote: bundle },
    ];
  const { nb, sb } = requireOvn(place);
  return [
    { name: 'NB', remote: nb },
    { name: 'SB', remote: sb },
  ];
}

async function tryOne(
  { name, remote }: Remote,
  options: Options,
  signal: AbortSignal,
): Promise<StatusAnswer['databases'][number]> {
  if (!isRemote(remote)) return { name, remote, connected: true, problem: null };
  const tls = tlsOf(options);
  const database = databases[name === 'NB' ? 'nb' : 'sb'].name;
  try {
    const opened = await awaiting(
      `${name} ${remote}`,
      openDatabase({ remotes: remote.split(','), database, signal, ...(tls && { tls }) }),
    );
    await opened.close();
    return { name, remote, connected: true, problem: null };
  } catch (fault) {
    return { name, remote, connected: false, problem: reasonOf(fault) };
  }
}
