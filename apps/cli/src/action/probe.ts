import { formatRef } from '@berth/api';
import { atLeast, droppedTalk, type Finding, sortFindings } from '@berth/core';
import { podOfNetns } from '@berth/lab';
import { analysisIfAny } from '../context/analysis-if-any.ts';
import type { Asking, Invocation } from '../context/invocation.ts';
import { findPlace, requireLab } from '../context/place.ts';
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
import { resolveTarget } from './probe-resolve.ts';

export async function run({ words, options, environment, terminal, signal }: Invocation): Promise<ExitCode> {
  const [target = ''] = words;
  const place = findPlace(options, environment);
  const lab = requireLab(place);
  const asking = { options, environment, signal };
  const resolved = await resolveTarget(target, asking, place, lab);
  const pods = lab.podNetnses.map(podOfNetns);
  const sendable = betweenEnds(resolved, { lab: lab.name, pods });
  const { probings, connections, untried, ledElsewhere, findings: known } = sendable;
  const sent = await sendPackets(lab, target, { probings, connections }, signal);
  const packets: ProbeAnswer = { ...sent, ...(untried !== undefined && { untried }) };
  const isAllWell = packets.reachable && untried === undefined;
  const lost = () => brokenBy(target, asking, lostIn(packets.flows, probings, connections));
  // Where all is well they would only distract.
  const broken = isAllWell ? [] : [...twoAnswerers(packets.answers), ...((await lost()) ?? known)];
  const findings = sortFindings([...(ledElsewhere ? [ledElsewhere] : []), ...broken]);
  const told: ProbeAnswer = { ...packets, ...answer('Probe', findings, {}) };
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
  asking: Asking,
  lost: readonly LostPackets[],
): Promise<readonly Finding[] | undefined> {
  const analysis = await analysisIfAny(asking);
  if (analysis === undefined) return undefined;
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
}
