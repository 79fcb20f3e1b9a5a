import { fabricOf } from '@berth/core';
import { preview } from '@berth/engine';
import { type Lab, ping, whoAnswers } from '@berth/lab';
import type { Invocation } from '../context/invocation.ts';
import { findPlace, type Place, requireLab } from '../context/place.ts';
import { openReadSession } from '../context/session.ts';
import { answer, jsonText } from '../output/answer.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import type { Style } from '../output/style.ts';
import { none, table } from '../output/table.ts';
import type { ProbeAnswer } from '../schema/probe.ts';
import { type Probing, probingsOf } from './probe-target.ts';

/** Enough to tell one lost packet from none coming through, and quick. */
const pings = { count: 5, intervalMs: 100 } as const;

export async function run({ words, options, environment, terminal, signal }: Invocation): Promise<ExitCode> {
  const [target = ''] = words;
  const place = findPlace(options, environment);
  const lab = requireLab(place);
  const probings = await resolveTarget(target, place, signal);
  const told = await probe(lab, target, probings, signal);
  const { out } = terminal;
  out.write(options.output === 'json' ? jsonText(told) : probeText(told, out.style));
  return told.reachable ? exitCodes.fine : exitCodes.notFine;
}

async function resolveTarget(target: string, place: Place, signal: AbortSignal): Promise<readonly Probing[]> {
  await using session = await openReadSession({ place, signal });
  const { reader, ovn, settings } = session;
  const fabric = fabricOf(ovn.northbound.snapshot(), ovn.southbound.snapshot());
  const { listing, result } = await preview(reader, fabric, settings);
  return probingsOf(target, result.intent, listing.resources);
}

/** Sends the packets: first who answers, then pings both ways at once. */
async function probe(
  lab: Lab,
  target: string,
  probings: readonly Probing[],
  signal: AbortSignal,
): Promise<ProbeAnswer> {
  const answers = [];
  for (const { address } of probings) answers.push({ address, ...(await whoAnswers(lab, address)) });
  const flows = await Promise.all(
    probings.flatMap(({ address, outbound }) => [
      pingFlow(lab, 'inbound', 'outside', address, signal),
      ...(outbound ? [pingFlow(lab, 'outbound', outbound.pod, outbound.to, signal)] : []),
    ]),
  );
  return answer('Probe', [], {
    target,
    reachable: flows.every(({ received }) => received > 0),
    flows,
    answers,
  });
}

async function pingFlow(
  lab: Lab,
  direction: 'inbound' | 'outbound',
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<ProbeAnswer['flows'][number]> {
  const { sent, received, duplicates } = await ping(lab, { from, to, ...pings, signal });
  return { direction, from, to, sent, received, duplicates };
}

function probeText({ flows, answers, target, reachable }: ProbeAnswer, style: Style): string {
  const flowRows = flows.map(({ direction, from, to, sent, received }) => [
    direction,
    from,
    to,
    received > 0 ? style.good('reachable') : style.bad('unreachable'),
    `${received}/${sent}`,
  ]);
  const answerRows = answers.map(({ address, mac, node }) => [address, mac ?? style.bad(none), node ?? none]);
  const verdict = reachable ? style.good('reachable') : style.bad('not reachable');
  return [
    table(['direction', 'from', 'to', 'result', 'answered'], flowRows),
    table(['address', 'answered-by-mac', 'node'], answerRows),
    `${target} is ${verdict}\n`,
  ].join('\n');
}
