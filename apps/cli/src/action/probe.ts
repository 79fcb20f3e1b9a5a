import { formatRef } from '@berth/api';
import { atLeast, type ExternalFlow, type Finding, fabricOf, sortFindings } from '@berth/core';
import { podOfNetns } from '@berth/lab';
import { askedOf } from '../context/asked.ts';
import { CliFault } from '../context/cli-fault.ts';
import { type Cluster, homeOf } from '../context/cluster.ts';
import { controllerOf, isAtWork } from '../context/controller-state.ts';
import type { Invocation } from '../context/invocation.ts';
import { clusterOf } from '../context/meant-cluster.ts';
import { findPlace, type Place, requireLab } from '../context/place.ts';
import { openReadSession } from '../context/session.ts';
import { answer, jsonText } from '../output/answer.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { findingLines } from '../output/findings.ts';
import { twoAnswerers } from '../output/probe-answerers.ts';
import { probeText } from '../output/probe-text.ts';
import type { ProbeAnswer } from '../schema/probe.ts';
import { betweenEnds } from './probe-ends.ts';
import { probedFindings } from './probe-findings.ts';
import { type LostPackets, lostIn } from './probe-lost.ts';
import { sendPackets } from './probe-packets.ts';
import { manyTarget, packetsTo } from './probe-target.ts';
import type { Packets } from './probing.ts';

export async function run({ words, options, environment, terminal, signal }: Invocation): Promise<ExitCode> {
  const [target = ''] = words;
  const place = findPlace(options, environment);
  const lab = requireLab(place);
  const cluster = await clusterOf(options, place);
  const flows = await rowsOf(target, { options, environment, signal });
  const resolved = await resolveTarget(target, flows, { place, cluster, signal });
  const pods = lab.podNetnses.map(podOfNetns);
  const { probings, connections, untried, findings: known } = betweenEnds(resolved, { lab: lab.name, pods });
  const sent = await sendPackets(lab, target, { probings, connections }, signal);
  const packets: ProbeAnswer = { ...sent, ...(untried !== undefined && { untried }) };
  const isAllWell = packets.reachable && untried === undefined;
  // Where all is well they would only distract.
  const findings = isAllWell
    ? []
    : sortFindings([
        ...twoAnswerers(packets.answers),
        ...((await brokenBy(
          target,
          { options, environment, signal },
          lostIn(packets.flows, probings, connections),
        )) ?? known),
      ]);
  const told: ProbeAnswer = isAllWell ? packets : { ...packets, ...answer('Probe', findings, {}) };
  const { out, err } = terminal;
  if (options.output !== 'json') err.write(findingLines(findings, err));
  out.write(options.output === 'json' ? jsonText(told) : probeText(told, out.style));
  if (!told.reachable) return exitCodes.notFine;
  return untried === undefined ? exitCodes.fine : exitCodes.cannotTell;
}

/**
 * What is wrong with what was probed, by what is asked for and by NB and SB, and of packets that were lost what dropped them; undefined where that
 * cannot be analysed.
 */
async function brokenBy(
  target: string,
  { options, environment, signal }: Pick<Invocation, 'options' | 'environment' | 'signal'>,
  lost: readonly LostPackets[],
): Promise<readonly Finding[] | undefined> {
  const [{ openAnalysis }, { droppedTalk }] = await Promise.all([
    import('../context/analysis.ts'),
    import('@berth/core'),
  ]);
  try {
    const analysis = await openAnalysis(options, environment, signal);
    const { flows, observed, fabric } = analysis;
    const all = probedFindings(target, analysis).filter((each) => atLeast(each, 'warning') && each.object);
    const known = new Set(all.map(({ code, object }) => `${code} ${object && formatRef(object)}`));
    // What drops all packets is told already.
    const dropped = lost.flatMap(({ isMeant, talk }) =>
      flows
        .filter((flow) => isMeant(flow) && flow.obstacle === undefined)
        .flatMap((flow) => droppedTalk({ nb: observed.nb, fabric }, flow, talk)),
    );
    return [
      ...all,
      ...dropped.filter(({ code, object }) => !known.has(`${code} ${object && formatRef(object)}`)),
    ];
  } catch (fault) {
    if (signal.aborted || !(fault instanceof CliFault)) throw fault;
    return undefined;
  }
}

/** What is to be sent, and what is wrong with what is asked for there, or with how NB has it. */
type Resolved = Packets & { readonly findings: readonly Finding[] };

/** What NB has of a target that stands for many; nothing where it has none of it, though objects ask for it. Throws CliFault `usage`. */
async function rowsOf(
  target: string,
  { options, environment, signal }: Pick<Invocation, 'options' | 'environment' | 'signal'>,
): Promise<readonly ExternalFlow[]> {
  if (!manyTarget(target)) return [];
  const { openAnalysis } = await import('../context/analysis.ts');
  const { find, objectOf } = await openAnalysis(options, environment, signal);
  return objectOf(target) ? [] : find(target, 'usage').flows;
}

async function resolveTarget(
  target: string,
  flows: readonly ExternalFlow[],
  {
    place,
    cluster,
    signal,
  }: { readonly place: Place; readonly cluster: Cluster | undefined; readonly signal: AbortSignal },
): Promise<Resolved> {
  await using session = await openReadSession({ place, cluster, signal });
  const { reader, ovn, settings } = session;
  const fabric = fabricOf(ovn.northbound.snapshot(), ovn.southbound.snapshot());
  const listing = await reader.list();
  const nb = ovn.northbound.snapshot();
  const controller = await controllerOf(cluster, place.stateFolder);
  const asked = askedOf({
    ...{ listing, nb, fabric, settings },
    ...{ isControlled: isAtWork(controller), isStopped: controller.stopped },
    isUnknown: controller.running === null,
    home: homeOf(cluster, place),
  });
  const { resources, intent } = asked;
  const findings = asked.findings.filter((each) => atLeast(each, 'warning') && each.object !== undefined);
  return { ...packetsTo(target, { intent, resources, flows }), findings };
}
